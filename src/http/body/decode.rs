//! Bodies in a content coding (RFC 9110 §8.4): read to their very end, by decoders that hold no more than they say.
//!
//! A body may be several gzip members (RFC 1952 §2.2) or zstd frames (RFC 8878 §3); all of them are the body. What stands
//! behind its end is an error, never dropped.

use super::budget::{Budget, Portion, Use};
use crate::http::{Peer, Problem};
use crate::problem::{self, Refusal};
use async_compression::tokio::bufread::{BrotliDecoder, GzipDecoder, ZstdDecoder};
use async_compression::zstd::DParameter;
use poem::http::{HeaderMap, header};
use poem::{Body, Request};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncRead, BufReader, ReadBuf};

/// What a request may be packed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    Gzip,
    Brotli,
    Zstd,
}

/// The widest window that a zstd frame may ask for, as RFC 9659 has it: 8 MiB.
const ZSTD_WINDOW_LOG_MAX: u32 = 23;
/// What decoders hold beside their window: tables, and the bytes that they were given and not asked for yet.
const DECODER_BYTES: usize = 512 << 10;
/// How long the first byte of a brotli body, which says how much its decoder may hold, is waited for.
const FIRST_BYTE_TIME: Duration = Duration::from_secs(5);
/// Deflate has a window of 32 KiB.
const GZIP_DECODER_BYTES: usize = 64 << 10;

/// Replaces the body by what it is once unpacked.
///
/// # Errors
/// `media-type` for codings that we don't know, `bad-parameter` for a body that is not what it says, and what
/// [`Portion::grow`] says.
pub async fn decode(request: &mut Request, budget: &Budget, peer: Peer) -> Result<(), Problem> {
    let Some(packing) = packing_of(request.headers())? else { return Ok(()) };
    request.headers_mut().remove(header::CONTENT_ENCODING);
    // It told the length of the packed bytes.
    request.headers_mut().remove(header::CONTENT_LENGTH);
    let mut packed = BufReader::new(request.take_body().into_async_read());
    let first = if packing == Packing::Brotli { first_byte(&mut packed).await? } else { None };
    let mut portion = budget.portion(peer, Use::Long);
    portion.grow(packing.bytes_held(first).ok_or_else(super::unreadable)?).await?;
    request.set_body(Body::from_async_read(Held { reader: packing.decoder(packed), _portion: portion }));
    Ok(())
}

/// An upload may take an hour, but not before anybody has asked whose it is.
async fn first_byte(packed: &mut (impl AsyncBufRead + Unpin)) -> Result<Option<u8>, Problem> {
    let read = tokio::time::timeout(FIRST_BYTE_TIME, packed.fill_buf()).await;
    let bytes = read.map_err(|_| Problem::of(&problem::TIMEOUT))?.map_err(|_| super::unreadable())?;
    Ok(bytes.first().copied())
}

/// The one coding that the headers name.
fn packing_of(headers: &HeaderMap) -> Result<Option<Packing>, Refusal> {
    let mut named = headers.get_all(header::CONTENT_ENCODING).iter();
    let Some(name) = named.next() else { return Ok(None) };
    let name = name.to_str().unwrap_or_default().trim().to_ascii_lowercase();
    match (name.as_str(), named.next()) {
        ("identity", None) => Ok(None),
        ("gzip" | "x-gzip", None) => Ok(Some(Packing::Gzip)),
        ("br", None) => Ok(Some(Packing::Brotli)),
        ("zstd", None) => Ok(Some(Packing::Zstd)),
        _ => {
            let (zh, en) = ("只接受 gzip、br、zstd 之一编码的请求", "requests are read in one of gzip, br and zstd");
            Err(Refusal::new(&problem::MEDIA_TYPE, zh, en))
        }
    }
}

impl Packing {
    /// What its decoder may come to hold, by the first byte of the body; `None` when no decoder of ours reads it.
    fn bytes_held(self, first: Option<u8>) -> Option<usize> {
        match self {
            Self::Gzip => Some(GZIP_DECODER_BYTES),
            Self::Zstd => Some((1 << ZSTD_WINDOW_LOG_MAX) + DECODER_BYTES),
            Self::Brotli => brotli_window_log(first.unwrap_or_default()).map(|log| (1 << log) + DECODER_BYTES),
        }
    }

    /// Reads the whole body, whatever it is packed in.
    pub fn decoder(self, packed: impl AsyncBufRead + Send + Unpin + 'static) -> Box<dyn AsyncRead + Send + Unpin> {
        match self {
            Self::Gzip => {
                let mut decoder = GzipDecoder::new(packed);
                decoder.multiple_members(true);
                Box::new(ToTheEnd(decoder))
            }
            Self::Zstd => {
                let widest = DParameter::window_log_max(ZSTD_WINDOW_LOG_MAX);
                let mut decoder = ZstdDecoder::with_params(packed, &[widest]);
                decoder.multiple_members(true);
                Box::new(ToTheEnd(decoder))
            }
            Self::Brotli => Box::new(ToTheEnd(BrotliDecoder::new(packed))),
        }
    }
}

/// WBITS of RFC 7932 §9.1. `None` for the pattern that the RFC reserves, by which an extension asks for windows of up to a
/// gigabyte, and our decoder would obey.
fn brotli_window_log(first: u8) -> Option<u32> {
    let (a, b) = (u32::from(first >> 1 & 7), u32::from(first >> 4 & 7));
    match (first & 1, a, b) {
        (0, ..) => Some(16),
        (_, 0, 0) => Some(17),
        (_, 0, 1) => None,
        (_, 0, _) => Some(8 + b),
        (_, a, _) => Some(17 + a),
    }
}

/// A decoder, as something that reads from a buffer.
trait Decoder: AsyncRead + Unpin {
    type Packed: AsyncBufRead + Unpin;

    fn packed(&mut self) -> &mut Self::Packed;
}

macro_rules! decoders {
    ($($decoder:ident)*) => {$(
        impl<R: AsyncBufRead + Unpin> Decoder for $decoder<R> {
            type Packed = R;

            fn packed(&mut self) -> &mut R {
                self.get_mut()
            }
        }
    )*};
}

decoders!(GzipDecoder BrotliDecoder ZstdDecoder);

/// Fails when packed bytes are left behind what was decoded.
struct ToTheEnd<D>(D);

impl<D: Decoder> AsyncRead for ToTheEnd<D> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = into.filled().len();
        ready!(Pin::new(&mut self.0).poll_read(context, into))?;
        if into.filled().len() > before || into.remaining() == 0 {
            return Poll::Ready(Ok(()));
        }
        let left = ready!(Pin::new(self.0.packed()).poll_fill_buf(context))?;
        match left {
            [] => Poll::Ready(Ok(())),
            _ => Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, "more bytes behind the end"))),
        }
    }
}

/// A decoder with the memory that it may take.
struct Held {
    reader: Box<dyn AsyncRead + Send + Unpin>,
    _portion: Portion,
}

impl AsyncRead for Held {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.reader).poll_read(context, into)
    }
}
