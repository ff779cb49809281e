//! What the program says of itself on standard error.

use clap::{Args, ValueEnum};
use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;

/// How the log of the program is written.
#[derive(Args, Clone, Copy, Default)]
pub struct Logging {
    /// 运行日志的格式 · How the program's own log is written, to standard error; RUST_LOG says what is in it
    #[arg(long, env = "GONGSHI_LOG_FORMAT", value_enum, default_value_t = Format::Plain)]
    log_format: Format,
    /// 记录每个请求：地址、方法、路径、状态、耗时 · Log each request: address, method, path, status and time taken; never its query
    #[arg(long, env = "GONGSHI_ACCESS_LOG", value_name = "BOOL", num_args = 0..=1, require_equals = true)]
    #[arg(default_value_t = false, default_missing_value = "true", action = clap::ArgAction::Set)]
    access_log: bool,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// 给人读的行 · Lines for people
    #[default]
    Plain,
    /// 每行一个 JSON 对象 · One JSON object a line
    Json,
}

/// What is said where RUST_LOG doesn't say; the lines of requests are asked for by themselves.
const SAID: &str = "warn,gongshi=info,gongshi::requests=off";

impl Logging {
    /// Begins the log, once for the process.
    pub fn begin(self) {
        let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| SAID.into());
        let requests = "gongshi::requests=info".parse().ok().filter(|_| self.access_log);
        let filter = requests.into_iter().fold(filter, EnvFilter::add_directive);
        // Where the log of the service can't be written, such as a file on a full disk, the service goes on: to complain about
        // it on the same stderr would be a panic.
        let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
        // Colours are for a terminal, and rubbish in a file.
        let log = log.log_internal_errors(false).with_ansi(std::io::stderr().is_terminal());
        match self.log_format {
            Format::Plain => log.init(),
            Format::Json => log.json().flatten_event(true).init(),
        }
    }
}
