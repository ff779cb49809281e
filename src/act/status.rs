//! Where something stands, in one word: what its state is called in tables, views and filters.

/// Declares such words.
macro_rules! statuses {
    ($($(#[$about:meta])* pub enum $name:ident { $($(#[$doc:meta])* $word:ident,)* })*) => {$(
        $(#[$about])*
        #[derive(
            Debug,
            Clone,
            Copy,
            PartialEq,
            Eq,
            serde::Serialize,
            serde::Deserialize,
            schemars::JsonSchema,
            strum::EnumString,
            strum::IntoStaticStr,
        )]
        #[strum(serialize_all = "snake_case")]
        #[serde(rename_all = "snake_case")]
        pub enum $name {
            $($(#[$doc])* $word,)*
        }

        impl $name {
            /// The name on the wire.
            pub fn name(self) -> &'static str {
                self.into()
            }
        }
    )*};
}
pub(crate) use statuses;
