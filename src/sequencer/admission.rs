//! From received bytes to a record whose signature holds: the only way into the sequencer.

use crate::field::{Fault, FieldFault};
use crate::problem::{self, Refusal};
use crate::record::{Header, HeaderError, JwsError, PublicKey, Record};
use crate::world::{Act, Stream};

/// A record that was parsed but whose signature nobody has checked.
#[derive(Debug)]
pub struct Unverified {
    record: Record,
    header: Header,
    stream: Stream,
    act: Act,
}

/// A record whose signature holds under the key that its header names. Whether it may enter the log is still open.
#[derive(Debug)]
pub struct Admitted {
    record: Record,
    header: Header,
    stream: Stream,
    act: Act,
}

impl Unverified {
    /// Parses header, stream and payload.
    ///
    /// # Errors
    /// What is wrong with the header or the payload; `kind-mismatch` when another kind was expected.
    pub fn parse(record: Record, kind: Option<&str>) -> Result<Self, Refusal> {
        let header = record.header().map_err(|error| jws_refusal(&error))?;
        if let Some(kind) = kind.filter(|kind| **kind != *header.typ) {
            let (zh, en) = (format!("此处只接受 {kind}"), format!("{kind} is expected here, not {}", header.typ));
            return Err(Refusal::new(&problem::KIND_MISMATCH, zh, en));
        }
        let stream: Stream = header.sub.parse()?;
        let payload = record.payload_bytes().map_err(|error| jws_refusal(&error))?;
        let act = Act::parse(&header.typ, &payload)?;
        Ok(Self { record, header, stream, act })
    }

    pub fn header(&self) -> &Header {
        &self.header
    }

    pub fn act(&self) -> &Act {
        &self.act
    }

    /// # Errors
    /// `signature-mismatch`, or the signature can't be read.
    pub fn verify(self, key: &PublicKey) -> Result<Admitted, Refusal> {
        self.record.verify(key).map_err(|error| jws_refusal(&error))?;
        let Self { record, header, stream, act } = self;
        Ok(Admitted { record, header, stream, act })
    }
}

impl Admitted {
    pub fn record(&self) -> &Record {
        &self.record
    }

    pub fn header(&self) -> &Header {
        &self.header
    }

    pub fn stream(&self) -> &Stream {
        &self.stream
    }

    pub fn act(&self) -> &Act {
        &self.act
    }
}

/// What is wrong with a JWS, as the caller is told it.
pub fn jws_refusal(error: &JwsError) -> Refusal {
    match error {
        JwsError::Header(header) => header_refusal(header),
        JwsError::Signature => Refusal::new(
            &problem::SIGNATURE_MISMATCH,
            "签名与所收到的字节不符",
            "the signature does not hold for the bytes that were received",
        ),
        other => {
            Refusal::new(&problem::JWS_MALFORMED, format!("签名格式错误：{other}"), format!("malformed JWS: {other}"))
        }
    }
}

fn header_refusal(error: &HeaderError) -> Refusal {
    let (problem, field) = match error {
        HeaderError::Algorithm => {
            let fault = Fault::WrongType { expected: error.to_string() };
            (&problem::ALGORITHM, Some(FieldFault { pointer: "/alg".into(), fault }))
        }
        HeaderError::Member(field) => (&problem::HEADER_INVALID, Some(field.clone())),
        HeaderError::TooLong | HeaderError::NotJson(_) => (&problem::HEADER_INVALID, None),
    };
    let refusal = Refusal::new(problem, format!("受保护头无效：{error}"), format!("invalid protected header: {error}"));
    Refusal { fields: field.into_iter().collect(), ..refusal }
}
