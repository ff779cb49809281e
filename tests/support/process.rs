//! The service as a process of its own, so that it can really be killed.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A running process; killed when dropped.
pub struct Service {
    child: Child,
    pub base: String,
}

/// Starts `gongshi serve` on a free port and waits until it listens.
pub fn spawn(data: &Path, database: Option<&str>) -> Service {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gongshi"));
    command.args(["serve", "--listen", "127.0.0.1:0", "--rate-address", "0", "--rate-key", "0", "--data"]).arg(data);
    if let Some(url) = database {
        command.args(["--database", url]);
    }
    command.args(super::NAMES);
    Service::start(command)
}

/// A pipe that nobody reads.
pub fn closed() -> Stdio {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    writer.into()
}

/// As [`spawn`], from a shell that has run `prelude` before: a umask, a trap.
pub fn spawn_after(prelude: &str, command: &str, arguments: &[&str]) -> Service {
    Service::start(after(prelude, command, arguments))
}

/// `gongshi COMMAND ARGUMENTS` from a shell that has run `prelude` before.
pub fn after(prelude: &str, command: &str, arguments: &[&str]) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("{prelude}; exec \"$0\" \"$@\""), env!("CARGO_BIN_EXE_gongshi"), command]);
    if ["serve", "witness", "sandbox"].contains(&command) {
        shell.args(["--listen", "127.0.0.1:0"]);
    }
    shell.args(arguments);
    shell
}

/// As [`spawn`], with everything that it could ever log in a file.
pub fn spawn_traced(data: &Path, log: &Path) -> Service {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gongshi"));
    command.args(["serve", "--listen", "127.0.0.1:0"]).args(super::NAMES).arg("--data").arg(data);
    command.env("RUST_LOG", "trace").stderr(std::fs::File::create(log).unwrap());
    Service::start(command)
}

/// Starts `gongshi witness` on a free port and waits until it listens.
pub fn spawn_witness(data: &Path, name: &str, logs: &[String]) -> Service {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gongshi"));
    command.args(["witness", "--listen", "127.0.0.1:0", "--name", name, "--data"]).arg(data);
    for log in logs {
        command.args(["--log", log]);
    }
    Service::start(command)
}

/// As [`spawn`], with default rates and no more than so many open files.
pub fn spawn_with_files(data: &Path, files: u32) -> Service {
    let mut command = Command::new("sh");
    command.args(["-c", &format!("ulimit -n {files} && exec \"$0\" \"$@\"")]).arg(env!("CARGO_BIN_EXE_gongshi"));
    command.args(["serve", "--listen", "127.0.0.1:0"]).args(super::NAMES).arg("--data").arg(data);
    Service::start(command)
}

/// Starts a command that serves, and waits until it listens.
pub fn started(command: Command) -> Service {
    Service::start(command)
}

impl Service {
    /// Waits until it has ended by itself.
    pub fn ended(&mut self) -> std::process::ExitStatus {
        self.child.wait().unwrap()
    }

    /// The most memory that it ever had, in MiB.
    pub fn resident_max_mib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let kib = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"));
        kib.unwrap().parse::<u64>().unwrap() / 1024
    }

    /// What it prints first tells the URL, on a line of its own or at the end of one.
    fn start(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let url = lines.filter_map(|line| line.split(' ').next_back().map(str::to_owned));
        let base = url.into_iter().find(|word| word.starts_with("http://")).expect("it did not start");
        Self { child, base }
    }

    /// kill -<signal>
    pub fn signal(&self, signal: &str) {
        let told = Command::new("kill").args([&format!("-{signal}"), &self.child.id().to_string()]).status().unwrap();
        assert!(told.success(), "{signal}");
    }

    /// The largest file that it may write, in bytes; `unlimited`.
    pub fn limit_files(&self, bytes: &str) {
        let (process, limit) = (self.child.id().to_string(), format!("--fsize={bytes}:"));
        let told = Command::new("prlimit").args(["--pid", &process, &limit]).status();
        assert!(told.expect("prlimit, of Debian's util-linux").success(), "{limit}");
    }

    /// kill -9
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
