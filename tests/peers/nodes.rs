//! JSON that can be written in ways that serde_json never writes.

use serde_json::Value;

/// A value that keeps its order, and leaves that may be no JSON at all.
#[derive(Clone, Debug)]
pub enum Node {
    /// Each name as it is written, with its quotation marks.
    Object(Members),
    Array(Vec<Node>),
    Leaf(String),
}

impl From<&Value> for Node {
    fn from(value: &Value) -> Self {
        match value {
            Value::Object(members) => {
                Self::Object(members.iter().map(|(name, value)| (quoted(name), Self::from(value))).collect())
            }
            Value::Array(items) => Self::Array(items.iter().map(Self::from).collect()),
            leaf => Self::Leaf(leaf.to_string()),
        }
    }
}

type Members = Vec<(String, Node)>;

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// The same string with every character escaped.
fn escaped(string: &str) -> String {
    let text: String = serde_json::from_str(string).unwrap_or_default();
    let units = text.encode_utf16().map(|unit| format!("\\u{unit:04x}"));
    format!("\"{}\"", units.collect::<String>())
}

fn leaf(text: impl Into<String>) -> Node {
    Node::Leaf(text.into())
}

fn member(name: &str, value: &Node) -> Node {
    Node::Object(vec![(name.to_owned(), value.clone())])
}

fn nested(depth: usize) -> Node {
    leaf(format!("{}{}", "[".repeat(depth), "]".repeat(depth)))
}

impl Node {
    /// With these characters between any two tokens.
    pub fn text(&self, gap: &str) -> String {
        let list = |parts: Vec<String>| parts.join(&format!("{gap},{gap}"));
        match self {
            Self::Leaf(text) => text.clone(),
            Self::Array(items) => format!("[{gap}{}{gap}]", list(items.iter().map(|item| item.text(gap)).collect())),
            Self::Object(members) => {
                let members = members.iter().map(|(name, value)| format!("{name}{gap}:{gap}{}", value.text(gap)));
                format!("{{{gap}{}{gap}}}", list(members.collect()))
            }
        }
    }

    fn children(&mut self) -> Vec<&mut Self> {
        match self {
            Self::Object(members) => members.iter_mut().map(|(_, value)| value).collect(),
            Self::Array(items) => items.iter_mut().collect(),
            Self::Leaf(_) => Vec::new(),
        }
    }

    /// Every node in it, itself first, each with the same changes made to it in turn.
    pub fn mutants(&self) -> Vec<(&'static str, Self)> {
        let mut all = self.changed();
        for at in 0..self.clone().children().len() {
            let child = self.clone().children()[at].clone();
            all.extend(child.mutants().into_iter().map(|(how, changed)| {
                let mut whole = self.clone();
                *whole.children()[at] = changed;
                (how, whole)
            }));
        }
        all
    }

    fn changed(&self) -> Vec<(&'static str, Self)> {
        let mut all: Vec<_> = OTHERS.iter().map(|other| ("another value", leaf(*other))).collect();
        all.push(("null", leaf("null")));
        all.push(("in an array", Self::Array(vec![self.clone()])));
        all.push(("as a member", member("\"kind\"", self)));
        all.extend([20, 31, 32, 33, 5000].map(|depth| ("nested", nested(depth))));
        match self {
            Self::Object(members) => all.extend(objects_near(members)),
            Self::Array(items) => {
                all.push(("an element null", Self::Array([&items[..], &[leaf("null")]].concat())));
                all.push(("a comma more", leaf(format!("{},]", self.text("").trim_end_matches(']')))));
                all.push(("empty", Self::Array(Vec::new())));
            }
            Self::Leaf(text) if text.starts_with('"') => all.extend(strings_near(text)),
            Self::Leaf(text) => all.extend(NUMBERS.iter().map(|near| ("a number", leaf(near.replace('N', text))))),
        }
        all
    }
}

/// What may stand anywhere; much of it is no JSON.
const OTHERS: [&str; 18] = [
    "true",
    "false",
    "0",
    "-1",
    "1.0",
    "1e2",
    "\"\"",
    "\"x\"",
    "{}",
    "[]",
    "NaN",
    "Infinity",
    "-Infinity",
    "True",
    "nul",
    "",
    "'x'",
    "1/**/",
];

/// Beside `N`; the last exact double, the first behind it, and what no double holds.
const NUMBERS: [&str; 28] = [
    "N.0",
    "N.5",
    "Ne0",
    "NE1",
    "Ne-1",
    "Ne400",
    "-N",
    "+N",
    "0N",
    "00",
    "-0",
    "-0.0",
    "-",
    "N.",
    ".N",
    "0xN",
    "N_0",
    "N L",
    "٣",
    "9007199254740991",
    "9007199254740992",
    "-9007199254740991",
    "-9007199254740992",
    "9223372036854775808",
    "18446744073709551616",
    "99999999999999999999999999999999999999999999",
    "1e999",
    "\"N\"",
];

fn objects_near(members: &[(String, Node)]) -> Vec<(&'static str, Node)> {
    let values = members.iter().map(|(_, value)| value.clone());
    let mut all = vec![("an array for an object", Node::Array(values.collect()))];
    let mut with = |how, name: &str, value: Node| {
        all.push((how, Node::Object([members, &[(name.to_owned(), value)]].concat())));
    };
    with("a member more", "\"x\"", leaf("1"));
    with("a null member more", "\"x\"", leaf("null"));
    with("an empty name", "\"\"", leaf("\"\""));
    with("a bare name", "x", leaf("1"));
    with("a number as name", "1", leaf("1"));
    for (name, value) in members {
        with("a member twice", name, value.clone());
        with("a member twice", &escaped(name), value.clone());
        with("a member twice, null", name, leaf("null"));
    }
    for at in 0..members.len() {
        let mut change = |how, changed: &dyn Fn(&mut Members)| {
            let mut members = members.to_vec();
            changed(&mut members);
            all.push((how, Node::Object(members)));
        };
        change("a member less", &|members| _ = members.remove(at));
        change("another order", &|members| members.rotate_left(at));
        change("a name escaped", &|members| members[at].0 = escaped(&members[at].0));
        change("a name in capitals", &|members| members[at].0 = members[at].0.to_uppercase());
        change("a name with a space", &|members| members[at].0.insert(1, ' '));
    }
    all
}

fn strings_near(string: &str) -> Vec<(&'static str, Node)> {
    let inner = &string[1..string.len() - 1];
    let mut all: Vec<_> = ["{}", "[]", "true", "1"]
        .map(|value| ("a word as a member", member(string, &leaf(value))))
        .into_iter()
        .chain([("a word with null", member(string, &leaf("null")))])
        .chain([("a word twice", Node::Array(vec![leaf(string), leaf(string)]))])
        .collect();
    let texts = [
        ("escaped", escaped(string)),
        ("in capitals", string.to_uppercase()),
        ("not closed", string[..string.len() - 1].to_owned()),
        ("apostrophes", format!("'{inner}'")),
    ];
    all.extend(texts.map(|(how, text)| (how, leaf(text))));
    for end in [
        "\\ud800",
        "\\udc00",
        "\\ud83d\\ude00",
        "\\ud83dx",
        "\\ud83d\\u0041",
        "\\ude00\\ud83d",
        "\\u00",
        "\\u+041",
        "\\x41",
        "\\",
        "\\/",
        "\\u0000",
        "\\b\\f\\n\\r\\t",
        "\n",
        "\t",
        "\0",
        "\u{7f}",
        "\u{85}",
        "\u{2028}",
        "\u{feff}",
        " ",
        "\\\"",
        "\"",
        "\\uD83D\\uDE00",
        "\\ufffe",
        "\u{ffff}",
    ] {
        all.push(("an end", leaf(format!("\"{inner}{end}\""))));
    }
    all
}

/// A text written otherwise as a whole: white space and what is none, something around it, bytes that are no UTF-8.
pub fn spellings(node: &Node) -> Vec<(&'static str, Vec<u8>)> {
    let text = node.text("");
    let mut all = Vec::new();
    for gap in
        [" ", "\n", "\t", "\r\n", " \n\t\r ", "\u{b}", "\u{c}", "\u{a0}", "\u{3000}", "\u{feff}", "\0", "/**/", "#\n"]
    {
        all.push(("between tokens", node.text(gap).into_bytes()));
        all.push(("before", format!("{gap}{text}").into_bytes()));
        all.push(("behind", format!("{text}{gap}").into_bytes()));
    }
    // As much white space as there may be, and one more.
    for (how, bytes) in [("all the white space", text.len() + 1024), ("too much white space", text.len() + 1025)] {
        for space in [" ", "\t", "\n", "\r"] {
            all.push((how, format!("{}{text}", space.repeat(bytes)).into_bytes()));
            all.push((how, format!("{text}{}", space.repeat(bytes)).into_bytes()));
        }
    }
    for behind in ["{}", "x", "1", ",", "}", "]", "\"", "null"] {
        all.push(("behind", format!("{text}{behind}").into_bytes()));
    }
    for cut in [0, 1, text.len() / 2, text.len() - 1] {
        all.push(("cut", text.as_bytes()[..cut].to_vec()));
    }
    for at in 0..8 {
        let at = at * text.len() / 8;
        for byte in [0xff, 0xc0, 0x80, 0xed] {
            let mut bytes = text.clone().into_bytes();
            bytes[at] = byte;
            all.push(("a byte", bytes));
        }
    }
    // A surrogate, and a letter, as UTF-8 may not write them.
    all.push(("UTF-8", text.replacen('"', "\"?", 1).into_bytes()));
    for odd in [&[0xed, 0xa0, 0x80][..], &[0xc1, 0xa1], &[0xf4, 0x90, 0x80, 0x80]] {
        let (before, behind) = text.split_once('"').unwrap_or((&text, ""));
        all.push(("UTF-8", [before.as_bytes(), b"\"", odd, behind.as_bytes()].concat()));
    }
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    all.push(("UTF-16", wide));
    all
}
