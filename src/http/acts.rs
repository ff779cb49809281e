//! The endpoints of acts on a stream that exists: they differ in path, name and payload, and in nothing else.

/// An API of such endpoints: each takes one kind of act, for the stream that its path names.
macro_rules! endpoints_of_acts {
    (
        $(#[$about:meta])*
        $api:ident: $prefix:literal, $tag:literal, $parameter:ident: $id:ty;
        $($(#[$doc:meta])* $name:ident: $path:literal, $operation:literal, $payload:ty;)*
    ) => {
        $(#[$about])*
        pub struct $api(pub(super) std::sync::Arc<$crate::ledger::Ledger>);

        #[poem_openapi::OpenApi(prefix_path = $prefix, tag = $tag)]
        impl $api {
            $(
                $(#[$doc])*
                #[oai(path = $path, method = "post", operation_id = $operation)]
                async fn $name(
                    &self,
                    $parameter: poem_openapi::param::Path<$id>,
                    /// `1`: the record is judged as it would be now, and not written.
                    dry_run: poem_openapi::param::Query<Option<$crate::http::DryRun>>,
                    #[oai(name = "x-jws-signature")] signed: $crate::http::Signed<$payload>,
                ) -> Result<$crate::http::Posted, $crate::http::Problem> {
                    let stream = $crate::act::Stream::of(&$parameter.0);
                    $crate::http::accept(&self.0, signed, dry_run.0, Some(stream)).await
                }
            )*
        }
    };
}
pub(crate) use endpoints_of_acts;
