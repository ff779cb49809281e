//! How often clients get something done, each one thing after the other.

use super::super::Scale;
use std::time::Instant;
use tokio::task::JoinSet;

/// Who posts.
pub(super) trait Client: Send + 'static {
    /// Returns once a posting is durable.
    fn post(&mut self) -> impl Future<Output = anyhow::Result<()>> + Send;
}

/// What all of them get done a second, after the warm-up.
///
/// # Errors
/// One of them fails.
pub(super) async fn rate<C: Client>(clients: Vec<C>, scale: Scale) -> anyhow::Result<f64> {
    let from = Instant::now() + scale.warm_up;
    let end = from + scale.http_time;
    let mut tasks = JoinSet::new();
    for mut client in clients {
        tasks.spawn(async move {
            let mut done = 0u64;
            loop {
                client.post().await?;
                let now = Instant::now();
                if now >= end {
                    return anyhow::Ok(done);
                }
                done += u64::from(now >= from);
            }
        });
    }
    let mut all = 0;
    while let Some(done) = tasks.join_next().await {
        all += done??;
    }
    Ok(all as f64 / scale.http_time.as_secs_f64())
}
