//! Where this site is, as who asks calls it: files that are taken along name addresses in full.

use poem::http::{HeaderMap, header};
use poem::{FromRequest, Request, RequestBody};

/// The scheme and the host of a request. Only who serves it to the world is asked by a name.
pub struct Site(Option<String>);

impl Site {
    /// Nothing where no host is named that could be one.
    pub fn of(headers: &HeaderMap) -> Self {
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
        let is_host = |host: &&str| host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte));
        Self(host.filter(is_host).map(|host| {
            let is_local = host.starts_with("127.") || host.starts_with("localhost") || host.starts_with('[');
            let scheme = if is_local { "http" } else { "https" };
            format!("{scheme}://{host}")
        }))
    }

    pub fn known(&self) -> Option<&str> {
        self.0.as_deref()
    }

    /// A path of it in full, as far as it is known where it is.
    pub fn address(&self, path: &str) -> String {
        format!("{}{path}", self.known().unwrap_or_default())
    }
}

impl<'a> FromRequest<'a> for Site {
    async fn from_request(request: &'a Request, _body: &mut RequestBody) -> poem::Result<Self> {
        Ok(Self::of(request.headers()))
    }
}
