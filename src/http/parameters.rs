//! Parameters of queries and paths: which there are, and what they may be. The API document says both.
//!
//! A misspelt filter that is ignored shows everything, and looks like an answer. So what is not known is refused, with what
//! is.

use super::Problem;
use super::allow::{Segment, segments};
use crate::field::{Bilingual, Fault, RegionCode, nearest};
use crate::problem;
use percent_encoding::percent_decode_str;
use poem::http::Method;
use poem::{IntoResponse, Response};
use poem_openapi::error::{ParseParamError, ParsePathError};
use serde_json::Value;

/// The operations of the API document with their parameters.
pub struct Parameters(Vec<Operation>);

struct Operation {
    route: Vec<Segment>,
    method: String,
    parameters: Vec<Parameter>,
    /// Which segments of the path are numbers.
    numbers: Vec<usize>,
}

struct Parameter {
    name: String,
    is_query: bool,
    is_required: bool,
    form: Form,
}

/// What a parameter may be, as far as the document says it.
enum Form {
    Integer {
        min: Option<i64>,
        max: Option<i64>,
    },
    Boolean,
    Words(Vec<String>),
    /// What it is, only its type knows.
    Text,
}

impl Form {
    fn of(schema: &Value, document: &Value) -> Self {
        if let Some(path) = schema["$ref"].as_str().and_then(|path| path.strip_prefix('#')) {
            return document.pointer(path).map_or(Self::Text, |schema| Self::of(schema, document));
        }
        let words: Vec<String> =
            schema["enum"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
        let limit = |name: &str| schema[name].as_f64().map(|limit| limit as i64);
        match schema["type"].as_str() {
            _ if !words.is_empty() => Self::Words(words),
            Some("integer") => Self::Integer { min: limit("minimum"), max: limit("maximum") },
            Some("boolean") => Self::Boolean,
            _ => Self::Text,
        }
    }

    fn takes(&self, value: &str) -> bool {
        match self {
            // What is larger than any number here is refused by the type.
            Self::Integer { min, max } => value.parse::<i64>().map_or(value.parse::<u64>().is_ok(), |value| {
                min.is_none_or(|min| value >= min) && max.is_none_or(|max| value <= max)
            }),
            Self::Boolean => matches!(value, "true" | "false"),
            Self::Words(words) => words.iter().any(|word| word == value),
            Self::Text => true,
        }
    }

    fn words(&self) -> Bilingual {
        match self {
            Self::Integer { min: Some(min), max: Some(max) } => {
                Bilingual::new(format!("应为 {min} 至 {max} 的整数"), format!("is an integer of {min} to {max}"))
            }
            Self::Integer { min: Some(min), max: None } => {
                Bilingual::new(format!("应为不小于 {min} 的整数"), format!("is an integer of at least {min}"))
            }
            Self::Integer { min: None, max: Some(max) } => {
                Bilingual::new(format!("应为至多 {max} 的整数"), format!("is an integer of at most {max}"))
            }
            Self::Integer { min: None, max: None } => Bilingual::new("应为整数", "is an integer"),
            Self::Boolean => Bilingual::new("应为 true 或 false", "is true or false"),
            Self::Words(words) => {
                Bilingual::new(format!("应为 {} 之一", words.join("、")), format!("is one of {}", words.join(", ")))
            }
            Self::Text => Bilingual::new("无效", "is invalid"),
        }
    }
}

impl Parameters {
    /// Reads the operations of an OpenAPI document.
    pub fn of_document(document: &Value) -> Self {
        let mut operations = Vec::new();
        for (path, methods) in document["paths"].as_object().into_iter().flatten() {
            for (method, operation) in methods.as_object().into_iter().flatten() {
                let parameters = operation["parameters"].as_array().into_iter().flatten();
                let parameters = parameters.filter_map(|parameter| {
                    let is_query = match parameter["in"].as_str()? {
                        "query" => true,
                        "path" => false,
                        _ => return None,
                    };
                    let name = parameter["name"].as_str()?.to_owned();
                    let is_required = parameter["required"] == true;
                    Some(Parameter { name, is_query, is_required, form: Form::of(&parameter["schema"], document) })
                });
                let parameters: Vec<Parameter> = parameters.collect();
                let is_number = |segment: &str| {
                    let mut of_path = parameters.iter().filter(|parameter| !parameter.is_query);
                    of_path.any(|it| segment == format!("{{{}}}", it.name) && matches!(it.form, Form::Integer { .. }))
                };
                let numbered = segments(path).enumerate().filter(|(_, segment)| is_number(segment));
                let numbers = numbered.map(|(at, _)| at).collect();
                let route = segments(path).map(Segment::of).collect();
                let method = method.to_ascii_uppercase();
                operations.push(Operation { route, method, parameters, numbers });
            }
        }
        Self(operations)
    }

    fn operation(&self, method: &Method, path: &str) -> Option<&Operation> {
        let method = if *method == Method::HEAD { &Method::GET } else { method };
        let path: Vec<&str> = segments(path).collect();
        // A literal path stands before one with a parameter in its place.
        let fitting = self.0.iter().filter(|operation| operation.method == method.as_str() && operation.fits(&path));
        fitting.min_by_key(|operation| operation.route.iter().filter(|segment| !segment.is_literal()).count())
    }

    /// Whether each parameter of the query is known, stands once, and may be what it is, and none is missing; and whether a number in
    /// the path is spelled as numbers are.
    ///
    /// # Errors
    /// `bad-parameter`, or `not-found`: a resource has one address.
    pub fn check(&self, method: &Method, path: &str, query: &str) -> Result<(), Problem> {
        let Some(operation) = self.operation(method, path) else { return Ok(()) };
        operation.numbers(path).try_for_each(spelled)?;
        let mut seen = Vec::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (name, value) = (decoded(name), decoded(value));
            let known = || operation.parameters.iter().filter(|parameter| parameter.is_query);
            let Some(parameter) = known().find(|parameter| parameter.name == name) else {
                return Err(unknown(&name, &known().map(|parameter| parameter.name.as_str()).collect::<Vec<_>>()));
            };
            if seen.contains(&name) {
                return Err(doubled(&name));
            }
            if !parameter.form.takes(&value) {
                return Err(bad_parameter(&name, &but_got(parameter.form.words(), &value)));
            }
            seen.push(name);
        }
        let mut needed = operation.parameters.iter().filter(|parameter| parameter.is_query && parameter.is_required);
        match needed.find(|parameter| !seen.contains(&parameter.name)) {
            Some(missing) => Err(bad_parameter(&missing.name, &("缺失，此参数必填", "is missing and needed").into())),
            None => Ok(()),
        }
    }

    /// What poem refuses, as a problem.
    pub fn refused(&self, error: poem::Error, method: &Method, path: &str) -> Response {
        let explained = || Some(self.explain(&error, method, path)?.into_response());
        let known = explained().or_else(|| super::problem::from_poem(&error));
        known.unwrap_or_else(|| error.into_response())
    }

    /// What a parameter ought to be that its type refused: the type says it, or the document.
    fn explain(&self, error: &poem::Error, method: &Method, path: &str) -> Option<Problem> {
        let param = error.downcast_ref::<ParseParamError>().map(|error| (error.name, &error.reason));
        let (name, reason) =
            param.or_else(|| error.downcast_ref::<ParsePathError>().map(|error| (error.name, &error.reason)))?;
        let fault = Fault::within(reason);
        let parameters = self.operation(method, path).map_or(&[][..], |operation| &operation.parameters);
        // poem-openapi calls those of a path by their number.
        let number = name.strip_prefix("param").and_then(|number| number.parse::<usize>().ok());
        let nth = |number| parameters.iter().filter(|parameter| !parameter.is_query).nth(number);
        let named = || parameters.iter().find(|parameter| parameter.name == name);
        let parameter = number.and_then(nth).or_else(named);
        let (name, form) = parameter.map_or((name, &Form::Text), |parameter| (&parameter.name, &parameter.form));
        let words = fault.map_or_else(|| form.words(), |fault| fault.words());
        Some(bad_parameter(name, &words))
    }
}

impl Operation {
    /// The numbers of a path that fits, as they are spelled.
    fn numbers<'p>(&self, path: &'p str) -> impl Iterator<Item = &'p str> {
        let path: Vec<&str> = segments(path).collect();
        self.numbers.iter().filter_map(move |at| path.get(*at).copied())
    }

    fn fits(&self, path: &[&str]) -> bool {
        self.route.len() == path.len() && self.route.iter().zip(path).all(|(segment, text)| segment.fits(text))
    }
}

fn decoded(text: &str) -> String {
    percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
}

/// Characters of a value that an answer shows again.
const SHOWN_CHARS_MAX: usize = 40;

fn but_got(Bilingual { zh, en }: Bilingual, value: &str) -> Bilingual {
    let value: String = value.chars().filter(|c| !c.is_control()).take(SHOWN_CHARS_MAX).collect();
    Bilingual::new(format!("{zh}，实为“{value}”"), format!("{en}, not {value:?}"))
}

fn unknown(name: &str, known: &[&str]) -> Problem {
    let name: String = name.chars().filter(|c| !c.is_control()).take(SHOWN_CHARS_MAX).collect();
    let (mut zh, mut en) = ("没有这个参数".to_owned(), "is not known".to_owned());
    if let Some(near) = nearest(&name, known.iter().copied()) {
        zh += &format!("，是否应为 {near}");
        en += &format!(", perhaps {near} was meant");
    }
    if known.is_empty() {
        (zh, en) = (zh + "；此处没有查询参数", en + "; there are no query parameters here");
    } else {
        (zh, en) = (zh + &format!("；可用 {}", known.join("、")), en + &format!("; known are {}", known.join(", ")));
    }
    bad_parameter(&name, &Bilingual::new(zh, en))
}

/// Whether a number is spelled in the one way that an address has: no zeros before it, no sign, nothing escaped.
///
/// # Errors
/// `not-found`
fn spelled(number: &str) -> Result<(), Problem> {
    match decoded(number).trim().parse::<u64>() {
        Ok(meant) if meant.to_string() != number => Err(Problem::with_detail(
            &problem::NOT_FOUND,
            format!("地址中的数字只有一种写法，应写作 {meant}"),
            format!("a number in an address has one spelling, here {meant}"),
        )),
        // What is no number its type refuses.
        _ => Ok(()),
    }
}

fn doubled(name: &str) -> Problem {
    bad_parameter(name, &("只能出现一次，此处重复", "stands once only").into())
}

/// Whether each of the names of a query is known and stands once, where no document says so.
///
/// # Errors
/// `bad-parameter`
pub fn check_names<'a>(names: impl Iterator<Item = &'a str>, known: &[&str]) -> Result<(), Problem> {
    let mut seen = Vec::new();
    for name in names {
        if !known.contains(&name) {
            return Err(unknown(name, known));
        }
        if seen.contains(&name) {
            return Err(doubled(name));
        }
        seen.push(name);
    }
    Ok(())
}

/// `bad-parameter`: what is wrong with it, and what it may be.
pub fn bad_parameter(name: &str, Bilingual { zh, en }: &Bilingual) -> Problem {
    Problem::with_detail(&problem::BAD_PARAMETER, format!("参数 {name}：{zh}"), format!("parameter {name} {en}"))
}

/// The digits with which a region code begins, of a filter by region.
///
/// # Errors
/// `bad-parameter`: what no region code begins with.
pub fn region_begins(region: Option<String>) -> Result<Option<String>, Problem> {
    let is_region = |region: &str| {
        (1..=RegionCode::DIGITS).contains(&region.len()) && region.bytes().all(|digit| digit.is_ascii_digit())
    };
    if region.as_deref().is_none_or(is_region) {
        return Ok(region);
    }
    let words =
        ("应为行政区划代码的前几位，一至六位数字", "has one to six digits, those that a region code begins with");
    Err(bad_parameter("region", &words.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = r##"{"paths":{
        "/v1/tenders":{"get":{"parameters":[
            {"name":"region","in":"query","schema":{"type":"string"}},
            {"name":"nature","in":"query","schema":{"$ref":"#/components/schemas/Nature"}},
            {"name":"all","in":"query","required":false,"schema":{"type":"boolean"}},
            {"name":"limit","in":"query","schema":{"type":"integer","format":"int64","minimum":1,"maximum":500}}]},
            "post":{"parameters":[{"name":"x-jws-signature","in":"header","schema":{"type":"string"}}]}},
        "/v1/samples":{"get":{"parameters":[{"name":"day","in":"query","required":true,"schema":{"type":"string"}}]}},
        "/v1/records/{index}/proof":{"get":{"parameters":[{"name":"index","in":"path","schema":{"type":"integer"}}]}},
        "/v1/records.sse":{"get":{"parameters":[{"name":"after","in":"query","schema":{"type":"integer","minimum":0}}]}},
        "/v1/tenders/{code}":{"get":{"parameters":[{"name":"code","in":"path","schema":{"type":"string"}}]}}},
        "components":{"schemas":{"Nature":{"type":"string","enum":["works","goods"]}}}}"##;

    fn check(method: &Method, path: &str, query: &str) -> Result<(), (String, String)> {
        let document = serde_json::from_str(DOCUMENT).unwrap();
        let checked = Parameters::of_document(&document).check(method, path, query);
        checked.map_err(|problem| (problem.detail, problem.detail_en))
    }

    #[test]
    fn what_is_known_is_taken() {
        for query in ["", "&", "region=41&limit=500", "region=%E6%9F%90", "nature=works", "all=false", "limit=1"] {
            assert_eq!(check(&Method::GET, "/v1/tenders", query), Ok(()), "{query}");
        }
        assert_eq!(check(&Method::HEAD, "/v1/tenders", "region=41"), Ok(()));
        assert_eq!(check(&Method::GET, "/v1/records.sse", "after=7"), Ok(()));
        assert_eq!(check(&Method::GET, "/v1/samples", "day=x"), Ok(()));
        // Where nothing is, the answer is another one.
        assert_eq!(check(&Method::GET, "/nowhere", "a=b"), Ok(()));
    }

    #[test]
    fn what_is_not_known_is_refused_with_what_is() {
        for (path, query, words) in [
            ("/v1/tenders", "regoin=41", "region"),
            ("/v1/tenders", "price=41", "region、nature、all、limit"),
            ("/v1/tenders", "limit=1&limit=2", "重复"),
            ("/v1/tenders", "limit=0", "1 至 500"),
            ("/v1/tenders", "limit=501", "1 至 500"),
            ("/v1/tenders", "limit=-1", "1 至 500"),
            ("/v1/tenders", "limit=abc", "整数"),
            ("/v1/tenders", "limit", "整数"),
            ("/v1/tenders", "nature=%E5%B7%A5%E7%A8%8B", "works、goods"),
            ("/v1/tenders", "all=yes", "true 或 false"),
            ("/v1/tenders/T-1", "a=b", "没有查询参数"),
            ("/v1/records.sse", "form=1", "after"),
        ] {
            let (zh, en) = check(&Method::GET, path, query).unwrap_err();
            let name = query.split('=').next().unwrap();
            assert!(zh.contains(words) && zh.contains(name) && en.contains(name), "{query}: {zh} {en}");
        }
        assert!(check(&Method::POST, "/v1/tenders", "region=41").is_err());
        let (zh, en) = check(&Method::GET, "/v1/samples", "").unwrap_err();
        assert!(zh.contains("day：缺失") && en.contains("day is missing"), "{zh} {en}");
    }

    #[test]
    fn a_number_in_a_path_has_one_spelling() {
        assert_eq!(check(&Method::GET, "/v1/records/48/proof", ""), Ok(()));
        assert_eq!(check(&Method::GET, "/v1/records/0/proof", ""), Ok(()));
        // What is no number is refused by its type, which says why.
        assert_eq!(check(&Method::GET, "/v1/records/x/proof", ""), Ok(()));
        // A code of digits is a text.
        assert_eq!(check(&Method::GET, "/v1/tenders/0048", ""), Ok(()));
        for number in ["048", "+48", "%34%38", "00", "4%38"] {
            let (zh, en) = check(&Method::GET, &format!("/v1/records/{number}/proof"), "").unwrap_err();
            assert!(zh.contains("写作") && en.contains("spelling"), "{number}: {zh} {en}");
        }
    }

    #[test]
    fn what_is_shown_again_is_short_and_plain() {
        let (zh, _) = check(&Method::GET, "/v1/tenders", &format!("{}=1", "a%0A".repeat(500))).unwrap_err();
        assert!(!zh.contains('\n') && zh.chars().count() < 120, "{zh}");
    }
}
