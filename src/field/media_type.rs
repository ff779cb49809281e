//! What kind of file a document is.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// The text is no media type that a document may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a media type of documents")]
pub struct MediaTypeError;

macro_rules! media_types {
    ($($name:ident $text:literal $extension:literal)*) => {
        /// The media type of a document: what procurement offices exchange, and nothing that a browser would run.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        pub enum MediaType {
            $(#[serde(rename = $text)] $name,)*
        }

        impl MediaType {
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// As it stands in a header.
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// How the name of such a file ends.
            pub fn extension(self) -> &'static str {
                match self { $(Self::$name => $extension,)* }
            }
        }
    };
}

media_types! {
    Pdf "application/pdf" "pdf"
    Zip "application/zip" "zip"
    Doc "application/msword" "doc"
    Docx "application/vnd.openxmlformats-officedocument.wordprocessingml.document" "docx"
    Xls "application/vnd.ms-excel" "xls"
    Xlsx "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" "xlsx"
    Ofd "application/ofd" "ofd"
    Json "application/json" "json"
    Xml "application/xml" "xml"
    Text "text/plain" "txt"
    Csv "text/csv" "csv"
    Png "image/png" "png"
    Jpeg "image/jpeg" "jpg"
    Tiff "image/tiff" "tiff"
}

impl FromStr for MediaType {
    type Err = MediaTypeError;

    fn from_str(text: &str) -> Result<Self, MediaTypeError> {
        Self::ALL.iter().copied().find(|known| known.name() == text).ok_or(MediaTypeError)
    }
}

/// What the first bytes of a file show it to be: a name of it, the bytes, and what such a file may be called. A file that
/// begins otherwise is taken at the word of whoever cites it.
const SIGNATURES: &[(&str, &[u8], &[MediaType])] = &[
    ("PDF", b"%PDF-", &[MediaType::Pdf]),
    ("ZIP", b"PK\x03\x04", &[MediaType::Zip, MediaType::Docx, MediaType::Xlsx, MediaType::Ofd]),
    ("OLE", b"\xD0\xCF\x11\xE0", &[MediaType::Doc, MediaType::Xls]),
    ("PNG", b"\x89PNG", &[MediaType::Png]),
    ("JPEG", b"\xFF\xD8\xFF", &[MediaType::Jpeg]),
    ("HTML", b"<html", &[]),
    ("HTML", b"<!doctype html", &[]),
    ("XML", b"<?xml", &[MediaType::Xml]),
];

/// The bytes in which a signature shows, with the white space that may stand before one of text.
pub const SIGNATURE_BYTES: usize = 64;

/// What a file evidently is that is uploaded under a media type, or under none in particular, if that is something else.
pub fn contradicted(media_type: Option<MediaType>, first: &[u8]) -> Option<&'static str> {
    let text = first.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(first).trim_ascii_start();
    let begins =
        |signature: &[u8]| text.get(..signature.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(signature));
    let (name, _, called) = SIGNATURES.iter().find(|(_, signature, _)| begins(signature))?;
    let fits = media_type.map_or(!called.is_empty(), |media_type| called.contains(&media_type));
    (!fits).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_evidently_another_is_told() {
        for (media_type, first, found) in [
            (Some(MediaType::Pdf), &b"<html>"[..], Some("HTML")),
            (Some(MediaType::Pdf), b"\xEF\xBB\xBF \r\n<!DOCTYPE HTML>", Some("HTML")),
            (Some(MediaType::Text), b"<html>", Some("HTML")),
            (None, b"<html>", Some("HTML")),
            (Some(MediaType::Xls), b"PK\x03\x04", Some("ZIP")),
            (Some(MediaType::Pdf), b"%PDF-1.7", None),
            (Some(MediaType::Ofd), b"PK\x03\x04", None),
            (None, b"PK\x03\x04", None),
            (Some(MediaType::Doc), b"{\\rtf1", None),
            (Some(MediaType::Pdf), b"", None),
        ] {
            assert_eq!(contradicted(media_type, first), found, "{media_type:?}");
        }
    }
}
