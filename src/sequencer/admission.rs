//! From received bytes to a record whose signature holds: the only way into the sequencer.

use crate::field::{Fault, FieldFault};
use crate::log::Hash;
use crate::problem::{self, Refusal};
use crate::record::{HEADER_BYTES_MAX, Header, HeaderError, JwsError, PublicKey, Record};
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
    is_rehearsal: bool,
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
        self.record.verify(key).map_err(|error| match error {
            JwsError::Signature => signature_refusal(&self.record),
            other => jws_refusal(&other),
        })?;
        let Self { record, header, stream, act } = self;
        Ok(Admitted { record, header, stream, act, is_rehearsal: false })
    }
}

impl Admitted {
    /// To be decided where it would come to stand, and not appended.
    #[must_use]
    pub fn as_rehearsal(self) -> Self {
        Self { is_rehearsal: true, ..self }
    }

    pub fn is_rehearsal(&self) -> bool {
        self.is_rehearsal
    }

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
    let zh = match error {
        JwsError::Header(header) => return header_refusal(header),
        JwsError::Signature => "签名与所收到的字节不符".to_owned(),
        JwsError::NotJson(reason) => format!("不是展平的 JWS（JSON，含 protected、payload、signature）：{}", reason.zh),
        JwsError::NotDetached => {
            "分离签名的格式为 <protected>..<signature>：受保护头与签名之间是两个点，不带载荷".to_owned()
        }
        JwsError::Base64(part) => format!("{part} 不是规范的 base64url（无填充）"),
        JwsError::SignatureLength => "签名应为 64 字节".to_owned(),
    };
    let problem = if *error == JwsError::Signature { &problem::SIGNATURE_MISMATCH } else { &problem::JWS_MALFORMED };
    Refusal::new(problem, zh, error.to_string())
}

/// What was received, so that the author can compare it with what was signed.
fn signature_refusal(record: &Record) -> Refusal {
    let payload = record.payload_bytes().unwrap_or_default();
    let (length, digest) = (payload.len(), Hash::of(&payload));
    let zh = format!(
        "签名与所收到的 {length} 字节不符，其 SHA-256 为 {digest}；请与签名时的字节比较。常见原因：签名后增加了换行或改变了\
         格式（空格、字段顺序、转义），签名前后编码不同，签的是压缩后的字节，或用了另一把私钥"
    );
    let en = format!(
        "the signature does not hold for the {length} bytes that were received, whose SHA-256 is {digest}: compare them with \
         those that were signed. Usual causes: a line break added or JSON formatted anew (spaces, order, escapes) after \
         signing, another encoding, compressed bytes signed, another private key"
    );
    Refusal::new(&problem::SIGNATURE_MISMATCH, zh, en)
}

fn header_refusal(error: &HeaderError) -> Refusal {
    let (problem, field) = match error {
        HeaderError::Algorithm => {
            let fault = Fault::wrong_type(("alg 应为 EdDSA 或 Ed25519", error.to_string()));
            (&problem::ALGORITHM, Some(FieldFault::new("/alg", fault)))
        }
        // Whatever else is wrong with the stream is said of it as of a payload's field.
        HeaderError::Member(field) if field.pointer == "/sub" && field.fault != Fault::MissingField => {
            return Refusal::fields(vec![field.clone()]);
        }
        HeaderError::Member(field) => (&problem::HEADER_INVALID, Some(field.clone())),
        HeaderError::TooLong | HeaderError::NotJson(_) => (&problem::HEADER_INVALID, None),
    };
    let zh = match (error, &field) {
        (HeaderError::TooLong, _) => format!("超过 {HEADER_BYTES_MAX} 字节"),
        (HeaderError::NotJson(reason), _) => format!("不是有效的 JSON：{}", reason.zh),
        (_, Some(field)) => field.words().zh,
        (HeaderError::Algorithm | HeaderError::Member(_), None) => String::new(),
    };
    let refusal = Refusal::new(problem, format!("受保护头无效：{zh}"), format!("invalid protected header: {error}"));
    Refusal { fields: field.into_iter().collect(), ..refusal }
}
