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
