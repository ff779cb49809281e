//! Promises in public: templates, dual commitments, and what happens when one is said to be broken.

#![cfg(feature = "shell")]

/// Each story as two tests, one on each engine.
macro_rules! on_both {
    ($($story:ident: $sqlite:ident $postgres:ident;)*) => {$(
        #[tokio::test(flavor = "multi_thread")]
        async fn $sqlite() {
            $story(Engine::Sqlite).await;
        }

        #[tokio::test(flavor = "multi_thread")]
        async fn $postgres() {
            $story(Engine::Postgres).await;
        }
    )*};
}

mod breaches;
mod early_reading;
mod evaluating;
mod fairness;
mod gate;
mod signing;
mod stage;
mod suppliers;
#[path = "../support/mod.rs"]
mod support;
