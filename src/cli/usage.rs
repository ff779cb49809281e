//! What is wrong with a command line, in Chinese for who reads it; clap says it in English alone.

use super::language::is_chinese;
use clap::error::{ContextKind, ContextValue, ErrorKind};

/// Tells what is wrong, and ends the program.
pub fn refuse(error: &clap::Error) -> ! {
    if is_chinese()
        && let Some(words) = in_chinese(error)
    {
        eprintln!("错误：{words}");
    }
    error.exit()
}

/// The mistakes that people make; of others clap's own words must do.
fn in_chinese(error: &clap::Error) -> Option<String> {
    let said = |kind: ContextKind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        Some(ContextValue::Strings(texts)) => Some(texts.join("、")),
        _ => None,
    };
    let argument = || said(ContextKind::InvalidArg).unwrap_or_default();
    let value = || said(ContextKind::InvalidValue).unwrap_or_default();
    let words = match error.kind() {
        ErrorKind::UnknownArgument => format!("没有选项 {}", argument()),
        ErrorKind::InvalidSubcommand => {
            format!("没有命令 {}", said(ContextKind::InvalidSubcommand).unwrap_or_default())
        }
        ErrorKind::MissingRequiredArgument => format!("缺少必填项：{}", argument()),
        ErrorKind::MissingSubcommand => "缺少子命令".to_owned(),
        ErrorKind::ArgumentConflict => {
            let other = said(ContextKind::PriorArg).unwrap_or_default();
            format!("{} 不能与 {other} 同时使用", argument())
        }
        ErrorKind::InvalidValue if value().is_empty() => format!("{} 须有一个值", argument()),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => format!("{} 的值“{}”无效", argument(), value()),
        ErrorKind::TooManyValues | ErrorKind::WrongNumberOfValues | ErrorKind::TooFewValues => {
            format!("{} 的值的个数不对", argument())
        }
        _ => return None,
    };
    let valid = [ContextKind::ValidValue, ContextKind::ValidSubcommand].into_iter().find_map(said);
    let meant = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue]
        .into_iter()
        .find_map(said);
    let valid = valid.filter(|valid| !valid.is_empty()).map(|valid| format!("；可用：{valid}"));
    let meant = meant.map(|meant| format!("；是否应为 {meant}"));
    Some(words + &meant.or(valid).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::super::Cli;
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_usual_mistakes_are_told_in_chinese() {
        let told = |line: &str| {
            let error = Cli::command().try_get_matches_from(line.split(' ')).unwrap_err();
            in_chinese(&error).unwrap_or_default()
        };
        for (line, words) in [
            ("gongshi verfy", "没有命令 verfy；是否应为 verify"),
            ("gongshi get --sever x /v1/log", "没有选项 --sever；是否应为 --server"),
            ("gongshi keygen", "缺少必填项："),
            ("gongshi serve --data d --log-format xml", "--log-format <LOG_FORMAT> 的值“xml”无效；可用："),
            (
                "gongshi serve --data d --operator 91410100MA0000015C",
                "--operator <OPERATOR> 的值“91410100MA0000015C”无效",
            ),
            ("gongshi import", ""),
            ("gongshi --help", ""),
        ] {
            assert!(told(line).starts_with(words), "{line}: {}", told(line));
        }
    }
}
