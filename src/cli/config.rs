//! The configuration file of `serve`: every option that it has, in TOML, under the same name.
//!
//! What an option is called, means and is by default stands with the option alone (`serve.rs`). What the file says takes the
//! place of the default, so the environment goes before it, and the command line before both.

use super::Cli;
use super::language::either;
use super::say::{self, say};
use super::usage;
use anyhow::{Context, anyhow, bail};
use clap::builder::OsStr;
use clap::{Arg, ArgAction, Args, Command, CommandFactory, FromArgMatches};
use gongshi::field::nearest;
use gongshi::private;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use toml::{Table, Value};

/// The command that reads a file, and its option that names it.
const SERVE: &str = "serve";
const CONFIG: &str = "config";

#[derive(Args)]
pub struct Config {
    /// 检查此文件 · Check this file instead of printing one
    file: Option<PathBuf>,
}

impl Config {
    pub fn run(self) -> anyhow::Result<()> {
        match &self.file {
            Some(file) => {
                let said = read(file, &serve_command())?.len();
                say!("{}: {said}", either("✓ 有效的设置", "✓ Options that hold"));
            }
            None => say::out(format_args!("{}", template())),
        }
        Ok(())
    }
}

/// The command line, with the file that it names.
pub fn command_line() -> anyhow::Result<Cli> {
    let mut command = Cli::command();
    if let Some(file) = file_of(&command, std::env::args_os()) {
        let said = read(&file, &serve_command())?;
        command = command.mut_subcommand(SERVE, |serve| said.into_iter().fold(serve, Said::stands_in));
    }
    let matches = command.try_get_matches().unwrap_or_else(|error| usage::refuse(&error));
    Ok(Cli::from_arg_matches(&matches).unwrap_or_else(|error| usage::refuse(&error)))
}

/// The file that the command line or the environment names, whatever else is wrong with them.
fn file_of(command: &Command, line: impl Iterator<Item = OsString>) -> Option<PathBuf> {
    let matches = command.clone().ignore_errors(true).try_get_matches_from(line).ok()?;
    matches.subcommand_matches(SERVE)?.get_one::<PathBuf>(CONFIG).cloned()
}

fn serve_command() -> Command {
    let mut command = Cli::command();
    command.build();
    command.find_subcommand(SERVE).expect("a command of ours").clone()
}

/// The options that a file can set: all but the one that names it.
fn options(serve: &Command) -> impl Iterator<Item = &Arg> {
    let is_ours = |option: &&Arg| option.get_long().is_some_and(|name| ![CONFIG, "help", "version"].contains(&name));
    serve.get_arguments().filter(is_ours)
}

fn name(option: &Arg) -> &str {
    option.get_long().unwrap_or_default()
}

/// What a file says of one option.
struct Said {
    id: String,
    values: Vec<String>,
}

impl Said {
    /// In the place of the option's default.
    fn stands_in(serve: Command, said: Self) -> Command {
        let values: Vec<OsStr> = said.values.into_iter().map(OsStr::from).collect();
        serve.mut_arg(said.id, |option| option.required(false).default_values(values))
    }
}

/// Everything that a file says, each value one that the option takes.
fn read(file: &Path, serve: &Command) -> anyhow::Result<Vec<Said>> {
    let said = || file.display().to_string();
    let text = std::fs::read_to_string(file).with_context(said)?;
    let table: Table = toml::from_str(&text).with_context(said)?;
    // The address of a database has its password in it.
    if table.contains_key("database") {
        private::read_secret(file)?;
    }
    table.iter().map(|(key, value)| one(key, value, serve).with_context(said)).collect()
}

fn one(key: &str, value: &Value, serve: &Command) -> anyhow::Result<Said> {
    let Some(option) = options(serve).find(|option| name(option) == key) else {
        let meant = nearest(key, options(serve).map(name));
        let meant =
            meant.map(|meant| format!("{} {meant}", either("；是否指", "; is this meant:"))).unwrap_or_default();
        bail!("{key}: {}{meant}", either("没有这个设置", "there is no such option"));
    };
    let values = match value {
        Value::Array(values) if takes_many(option) => values.iter().map(word).collect(),
        value => word(value).map(|word| vec![word]),
    };
    let expected =
        || anyhow!("{key}: {}", either("类型不对，见 gongshi config", "of another type: see gongshi config"));
    let values: Vec<String> = values.ok_or_else(expected)?;
    // A default that its own option refuses would be a fault of the program; here it is one of the file.
    let alone = Command::new(SERVE).no_binary_name(true).arg(option.clone().required(false));
    let tried = values.iter().map(|value| format!("--{key}={value}"));
    if !values.is_empty()
        && let Err(error) = alone.try_get_matches_from(tried)
    {
        bail!("{key}: {}", error.to_string().lines().next().unwrap_or_default().trim_start_matches("error: "));
    }
    Ok(Said { id: option.get_id().to_string(), values })
}

fn word(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Integer(number) => Some(number.to_string()),
        Value::Boolean(yes) => Some(yes.to_string()),
        Value::Float(_) | Value::Datetime(_) | Value::Array(_) | Value::Table(_) => None,
    }
}

fn takes_many(option: &Arg) -> bool {
    matches!(option.get_action(), ArgAction::Append)
}

/// A file with every option, what it means, and its default; none of them set.
fn template() -> String {
    let head = "\
# gongshi serve --config FILE（或 GONGSHI_CONFIG）的设置；次序：命令行、环境变量、本文件、默认值。
# Settings of `gongshi serve --config FILE` (or GONGSHI_CONFIG). The command line goes before the environment, the environment
# before this file, this file before the defaults that stand here. Keep it to its owner (chmod 600) when it names a database.
";
    let serve = serve_command();
    options(&serve).fold(head.to_owned(), |text, option| text + &shown(option))
}

fn shown(option: &Arg) -> String {
    let mut text = String::from("\n");
    let help = option.get_help().map(ToString::to_string).unwrap_or_default();
    for line in help.lines() {
        text += &format!("# {line}\n");
    }
    for value in option.get_possible_values().iter().filter(|value| value.get_help().is_some()) {
        text +=
            &format!("#   {}: {}\n", value.get_name(), value.get_help().map(ToString::to_string).unwrap_or_default());
    }
    let environment = option.get_env().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let default: Vec<_> = option.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
    let value = match &*default {
        _ if takes_many(option) => "[]".to_owned(),
        [] => "\"\"".to_owned(),
        [number] if number.parse::<i64>().is_ok() || number.parse::<bool>().is_ok() => number.to_string(),
        [word, ..] => Value::from(word.as_ref()).to_string(),
    };
    text + &format!("# {environment}\n#{} = {value}\n", name(option))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(text: &str) -> anyhow::Result<Vec<Said>> {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("gongshi.toml");
        std::fs::write(&file, text)?;
        read(&file, &serve_command())
    }

    #[test]
    fn the_printed_file_has_every_option_of_serve_and_holds() {
        let template = template();
        let serve = serve_command();
        for option in options(&serve) {
            let line = template.lines().find(|line| line.starts_with(&format!("#{} = ", name(option))));
            assert!(line.is_some(), "{}", name(option));
            assert!(option.get_help().is_some() && option.get_env().is_some(), "{}", name(option));
        }
        // Its defaults, taken at their word, are those of the program.
        let set = |line: &str| {
            line.strip_prefix('#').filter(|line| line.contains(" = ") && !line.starts_with(' ')).map(str::to_owned)
        };
        let set: Vec<_> =
            template.lines().filter_map(set).filter(|line| !line.ends_with("\"\"") && !line.ends_with("[]")).collect();
        assert!(set.len() > 10, "{set:?}");
        for said in from(&set.join("\n")).unwrap() {
            let option = serve.get_arguments().find(|option| option.get_id() == said.id.as_str()).unwrap();
            assert_eq!(option.get_default_values(), said.values.into_iter().map(OsStr::from).collect::<Vec<_>>());
        }
    }

    #[test]
    fn what_a_file_may_not_say_is_told_by_name() {
        for (text, wanted) in [
            ("rate-adress = 1", "rate-address"),
            ("config = \"x\"", "config: "),
            ("rate_key = 1", "rate-key"),
            ("rate-key = \"many\"", "rate-key: invalid value 'many'"),
            ("rate-key = 1.5", "rate-key: "),
            ("listen = [\"127.0.0.1:1\"]", "listen: "),
            ("trusted-proxy = [\"10.0.0.0/8\", \"nobody\"]", "trusted-proxy: invalid value 'nobody'"),
            ("access-log = \"perhaps\"", "access-log: invalid value 'perhaps'"),
            ("database = \"postgres://u:secret@h/d\"", "chmod 600"),
            ("listen = ", "gongshi.toml"),
        ] {
            let error = format!("{:#}", from(text).err().unwrap_or_else(|| panic!("{text} is taken")));
            assert!(error.contains(wanted), "{text}: {error}");
        }
    }
}
