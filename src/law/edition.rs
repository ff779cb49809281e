//! An edition of the law: a set of TOML files that is never changed, named by the hash of its bytes.

use super::access::AccessTerms;
use super::credit::CreditTerms;
use super::deposits::DepositTerms;
use super::evaluation::EvaluationTerms;
use super::fairness::FairnessTerms;
use super::rule::{CommitmentTerms, LaterRounds, MinimumWindows, PriceRules, PublishedPersons, Rule};
use crate::calendar::Calendar;
use crate::field::{self, DocumentId, DocumentRef, Line, MediaType};
use crate::log::Hash;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, OnceLock, PoisonError, RwLock};

/// An edition that was read: what decisions rest on while it is adopted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edition {
    /// SHA-256 of [`Self::bytes`].
    pub id: DocumentId,
    /// How people call it, e.g. `2026-11`.
    pub name: String,
    pub zh: String,
    pub en: String,
    pub calendar: Calendar,
    pub windows: MinimumWindows,
    pub commitments: CommitmentTerms,
    pub rounds: LaterRounds,
    pub evaluation: EvaluationTerms,
    pub persons: PublishedPersons,
    pub prices: PriceRules,
    pub credit: CreditTerms,
    pub access: AccessTerms,
    pub fairness: FairnessTerms,
    pub deposits: DepositTerms,
    bytes: Vec<u8>,
}

/// Why bytes are not an edition that this program can interpret.
#[derive(Debug, thiserror::Error)]
pub enum EditionError {
    #[error("longer than {EDITION_BYTES_MAX} bytes")]
    TooLong,
    #[error("not a JSON object of file names and their texts: {0}")]
    Form(String),
    #[error("{0} is missing")]
    Missing(&'static str),
    /// A rule that is not known here can't be kept.
    #[error("this program has no use for {0}")]
    Unknown(String),
    #[error("{file}: {reason}")]
    File { file: &'static str, reason: String },
}

/// The media type of an edition as a document.
pub const MEDIA_TYPE: MediaType = MediaType::Json;

/// A dozen years of calendar have 20 KiB; enough for a rulebook of a thousand rules.
pub const EDITION_BYTES_MAX: usize = 1 << 20;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Title {
    name: String,
    zh: String,
    en: String,
}

impl Edition {
    /// The bytes of an edition: one JSON object with the text of each file under its name, names ascending, written without
    /// white space.
    pub fn pack<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<u8> {
        let files: BTreeMap<&str, &str> = files.into_iter().collect();
        serde_json::to_vec(&files).unwrap_or_default()
    }

    /// # Errors
    /// Not an edition, or one with rules that this program doesn't know.
    pub fn parse(bytes: &[u8]) -> Result<Self, EditionError> {
        if bytes.len() > EDITION_BYTES_MAX {
            return Err(EditionError::TooLong);
        }
        let mut files: BTreeMap<String, String> =
            field::parse(bytes).map_err(|failure| EditionError::Form(failure.to_string()))?;
        let title: Title = read(&mut files, "edition.toml")?;
        let calendar = files.remove("calendar.toml").ok_or(EditionError::Missing("calendar.toml"))?;
        let calendar = Calendar::parse(&calendar)
            .map_err(|error| EditionError::File { file: "calendar.toml", reason: error.to_string() })?;
        let windows = read(&mut files, "windows.toml")?;
        let commitments = read(&mut files, "commitments.toml")?;
        let rounds = read_if_there(&mut files, "rounds.toml")?;
        let evaluation = read_if_there(&mut files, "evaluation.toml")?;
        let persons = read_if_there(&mut files, "persons.toml")?;
        let prices = read_if_there(&mut files, "prices.toml")?;
        let credit: CreditTerms = read_if_there(&mut files, "credit.toml")?;
        if let Some(reason) = credit.fault() {
            return Err(EditionError::File { file: "credit.toml", reason });
        }
        let access = read_if_there(&mut files, "access.toml")?;
        let fairness: FairnessTerms = read_if_there(&mut files, "fairness.toml")?;
        if let Some(reason) = fairness.fault() {
            return Err(EditionError::File { file: "fairness.toml", reason });
        }
        let deposits: DepositTerms = read_if_there(&mut files, "deposits.toml")?;
        if let Some(reason) = deposits.fault() {
            return Err(EditionError::File { file: "deposits.toml", reason });
        }
        if let Some(name) = files.into_keys().next() {
            return Err(EditionError::Unknown(name));
        }
        let Title { name, zh, en } = title;
        let id = DocumentId::from(Hash::of(bytes));
        Ok(Self {
            id,
            name,
            zh,
            en,
            calendar,
            windows,
            commitments,
            rounds,
            persons,
            prices,
            evaluation,
            credit,
            access,
            fairness,
            deposits,
            bytes: bytes.to_owned(),
        })
    }

    /// What the id is the hash of.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// How a record cites it.
    pub fn document(&self) -> DocumentRef {
        fn text<const MAX: usize>(text: &str) -> Line<MAX> {
            text.parse().expect("a short, plain line")
        }
        DocumentRef {
            sha256: self.id,
            size: self.bytes.len() as u64,
            media_type: MEDIA_TYPE,
            title: format!("法规版本 {}", self.name).parse().unwrap_or_else(|_| text("法规版本")),
        }
    }

    /// Every rule, with its days where it counts some.
    pub fn rules(&self) -> impl Iterator<Item = (&Rule, Option<u16>)> {
        let MinimumWindows { candidates, bidding, amendment } = &self.windows;
        let CommitmentTerms { required, offer, breach_answer, appeal } = &self.commitments;
        let LaterRounds { follows, one, inherits: _, inheritance } = &self.rounds;
        let PriceRules { candidate, award, contract, slip } = &self.prices;
        let uncounted =
            [required, follows, one, inheritance, &self.persons.leader, candidate, award, contract, &slip.rule];
        let counted = [candidates, bidding, amendment, offer, breach_answer, appeal];
        let counted = counted.map(|counted| (&counted.rule, Some(counted.days)));
        counted
            .into_iter()
            .chain(uncounted.map(|rule| (rule, None)))
            .chain(self.evaluation.rules())
            .chain(self.credit.rules().map(|rule| (rule, None)))
            // Those of access say their working days and months in words.
            .chain(self.access.rules().map(|rule| (rule, None)))
            .chain(self.fairness.rules())
            .chain(self.deposits.rules())
            .filter(|(rule, _)| !rule.is_silent())
    }

    /// Whether it has every file of another one: what has rules once keeps having some, or states would lose what they rest on.
    pub fn speaks_of_all_in(&self, other: &Self) -> bool {
        let files = self.files();
        other.files().keys().all(|name| files.contains_key(name))
    }

    /// The files, by name.
    pub fn files(&self) -> BTreeMap<String, String> {
        serde_json::from_slice(&self.bytes).unwrap_or_default()
    }
}

fn read<T: DeserializeOwned>(files: &mut BTreeMap<String, String>, name: &'static str) -> Result<T, EditionError> {
    let text = files.remove(name).ok_or(EditionError::Missing(name))?;
    toml::from_str(&text).map_err(|error| EditionError::File { file: name, reason: error.to_string() })
}

/// Terms that came with a later edition. One without them is silent: its rules hold on no day, and its lists are empty.
fn read_if_there<T: DeserializeOwned + Default>(
    files: &mut BTreeMap<String, String>,
    name: &'static str,
) -> Result<T, EditionError> {
    if files.contains_key(name) { read(files, name) } else { Ok(T::default()) }
}

/// The files of each edition that comes with the program, the newest last. Each folder is whole, so that whoever makes the next
/// edition begins with a copy of it.
macro_rules! shipped {
    ($($folder:literal: [$($file:literal),*];)*) => {
        &[$(&[$(($file, include_str!(concat!($folder, "/", $file)))),*]),*]
    };
}

static SHIPPED: &[&[(&str, &str)]] = shipped! {
    "2026-11": ["edition.toml", "calendar.toml", "windows.toml", "commitments.toml"];
    "2026-12": [
        "edition.toml", "calendar.toml", "windows.toml", "commitments.toml", "rounds.toml", "persons.toml", "prices.toml",
        "evaluation.toml", "credit.toml", "access.toml", "fairness.toml", "deposits.toml"
    ];
    "2027-01": [
        "edition.toml", "calendar.toml", "windows.toml", "commitments.toml", "rounds.toml", "persons.toml", "prices.toml",
        "evaluation.toml", "credit.toml", "access.toml", "fairness.toml", "deposits.toml"
    ];
    "2027-02": [
        "edition.toml", "calendar.toml", "windows.toml", "commitments.toml", "rounds.toml", "persons.toml", "prices.toml",
        "evaluation.toml", "credit.toml", "access.toml", "fairness.toml", "deposits.toml"
    ];
    "2027-03": [
        "edition.toml", "calendar.toml", "windows.toml", "commitments.toml", "rounds.toml", "persons.toml", "prices.toml",
        "evaluation.toml", "credit.toml", "access.toml", "fairness.toml", "deposits.toml"
    ];
    "2027-04": [
        "edition.toml", "calendar.toml", "windows.toml", "commitments.toml", "rounds.toml", "persons.toml", "prices.toml",
        "evaluation.toml", "credit.toml", "access.toml", "fairness.toml", "deposits.toml"
    ];
    "2027-05": [
        "edition.toml", "calendar.toml", "windows.toml", "commitments.toml", "rounds.toml", "persons.toml", "prices.toml",
        "evaluation.toml", "credit.toml", "access.toml", "fairness.toml", "deposits.toml"
    ];
    "2027-06": [
        "edition.toml", "calendar.toml", "windows.toml", "commitments.toml", "rounds.toml", "persons.toml", "prices.toml",
        "evaluation.toml", "credit.toml", "access.toml", "fairness.toml", "deposits.toml"
    ];
    "2027-07": [
        "edition.toml", "calendar.toml", "windows.toml", "commitments.toml", "rounds.toml", "persons.toml", "prices.toml",
        "evaluation.toml", "credit.toml", "access.toml", "fairness.toml", "deposits.toml"
    ];
    "2027-08": [
        "edition.toml", "calendar.toml", "windows.toml", "commitments.toml", "rounds.toml", "persons.toml", "prices.toml",
        "evaluation.toml", "credit.toml", "access.toml", "fairness.toml", "deposits.toml"
    ];
    "2027-09": [
        "edition.toml", "calendar.toml", "windows.toml", "commitments.toml", "rounds.toml", "persons.toml", "prices.toml",
        "evaluation.toml", "credit.toml", "access.toml", "fairness.toml", "deposits.toml"
    ];
};

/// One that comes with the program. It is read when somebody asks for it: most logs adopt one or two, and there are more of them with
/// each release.
struct Packed {
    id: DocumentId,
    bytes: Vec<u8>,
    edition: OnceLock<Arc<Edition>>,
}

impl Packed {
    fn of(files: &[(&str, &str)]) -> Self {
        let bytes = Edition::pack(files.iter().copied());
        Self { id: DocumentId::from(Hash::of(&bytes)), bytes, edition: OnceLock::new() }
    }

    fn edition(&self) -> Arc<Edition> {
        let parse = || Arc::new(Edition::parse(&self.bytes).expect("it is part of the program and covered by a test"));
        Arc::clone(self.edition.get_or_init(parse))
    }
}

static BUILT_IN: LazyLock<Vec<Packed>> = LazyLock::new(|| SHIPPED.iter().map(|files| Packed::of(files)).collect());

/// The editions at hand: those that come with the program, and those that were read from documents. Cheap to clone; all
/// clones are one.
#[derive(Debug, Clone, Default)]
pub struct Editions(Arc<RwLock<BTreeMap<DocumentId, Arc<Edition>>>>);

impl Editions {
    /// Those that come with the program.
    pub fn built_in() -> Self {
        Self::default()
    }

    /// Those that come with the program, the oldest first.
    pub fn shipped() -> Vec<Arc<Edition>> {
        BUILT_IN.iter().map(Packed::edition).collect()
    }

    /// The newest of those: what a new log begins with.
    pub fn newest() -> Arc<Edition> {
        BUILT_IN.last().expect("there is at least one").edition()
    }

    pub fn get(&self, id: &DocumentId) -> Option<Arc<Edition>> {
        let built_in = BUILT_IN.iter().find(|packed| packed.id == *id).map(Packed::edition);
        built_in.or_else(|| self.0.read().unwrap_or_else(PoisonError::into_inner).get(id).cloned())
    }

    /// Takes the edition of this name from where it is kept, unless it is at hand. Bytes of another hash, or that can't be
    /// interpreted, leave it unknown.
    pub fn learn(&self, id: DocumentId, read: impl FnOnce() -> Option<Vec<u8>>) {
        if self.get(&id).is_none()
            && let Some(bytes) = read().filter(|bytes| DocumentId::from(Hash::of(bytes)) == id)
        {
            let _ = self.add(&bytes);
        }
    }

    /// Takes one more.
    ///
    /// # Errors
    /// See [`EditionError`].
    pub fn add(&self, bytes: &[u8]) -> Result<Arc<Edition>, EditionError> {
        let edition = Arc::new(Edition::parse(bytes)?);
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(edition.id, Arc::clone(&edition));
        Ok(edition)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::law::Conduct;
    use strum::IntoEnumIterator;

    /// A change of one byte makes another edition, and the logs that adopted it can't be judged any more.
    #[test]
    fn editions_are_never_changed() {
        let known = Editions::shipped();
        let known: Vec<_> = known.iter().map(|edition| (&*edition.name, edition.id.to_string())).collect();
        let shipped = [
            ("2026-11", "ec3e08f11550a7fee7397ea637a197241fcf3cb8d96ff4aeff55fff28d732267".to_owned()),
            ("2026-12", "f9f05db7b389859f6294297eff90e31eb745348f6e8f6cd8d94090da211b873c".to_owned()),
            ("2027-01", "f579a9aa80e2524a015cd5be0689347d7bfc30841a6351a2b88d4bd392515a7f".to_owned()),
            ("2027-02", "97d323568677a2ef3bc8fbe79d16e7bddafba4d727c15d238b60e1b8d3ccc428".to_owned()),
            ("2027-03", "b14bc12f1af76eddcdae1300fa1ecd210e7334ba2c63e43eba40b3ddd6cf4f1f".to_owned()),
            ("2027-04", "2c1c178fda848e0c81e92875f2176410aebabd3aed6bfd2fbbda487c10045b89".to_owned()),
            ("2027-05", "ce0f81dbf9056611c4afc25db655df34f2d65e1618cf39e3fbd270d82a55a2a0".to_owned()),
            ("2027-06", "6732a4f63d976498c197808d890e43da8eab487a059c44436a1214640c9858f7".to_owned()),
            ("2027-07", "449b40d8d187884de7198eaa2a557f8752086d1351590faedf64f99a656d8ac7".to_owned()),
            ("2027-08", "3bc8e6e96c31164d7364b25c018bf807d825876973e847ca6a61db9109199830".to_owned()),
            ("2027-09", "8f464ee78fc7724996829919a7a4e7a472b58ed8e3538a2558c8b36943bf9212".to_owned()),
        ];
        assert_eq!(known, shipped);
    }

    /// What came up later is in no rule, no list, and holds on no day.
    #[test]
    fn an_edition_is_silent_on_what_came_later() {
        let first = &Editions::shipped()[0];
        let day = "2026-12-24".parse().unwrap();
        let later = [&first.rounds.follows, &first.prices.slip.rule, &first.credit.base.rule, &first.access.basis];
        assert!(later.iter().all(|rule| rule.is_silent() && !rule.holds_on(day)));
        assert!(first.access.kinds.is_empty() && first.credit.is_silent());
        assert!(first.rules().count() == 7 && first.rules().all(|(rule, _)| !rule.is_silent()));
        let newest = Editions::newest();
        assert!(newest.speaks_of_all_in(first) && !first.speaks_of_all_in(&newest));
        assert!(Conduct::iter().all(|conduct| newest.credit.conduct(conduct).is_some()));
    }

    #[test]
    fn the_newest_has_the_minimums_of_the_law() {
        let edition = Editions::newest();
        let MinimumWindows { candidates, bidding, amendment } = &edition.windows;
        assert_eq!((candidates.days, bidding.days, amendment.days), (3, 20, 15));
        assert_eq!(edition.rules().count(), 110);
        for (rule, days) in edition.rules() {
            assert!(!rule.law.is_empty() && rule.anchor.contains('.') && days != Some(0), "{}", rule.id);
        }
    }

    #[test]
    fn what_can_not_be_interpreted_is_refused() {
        let good = Editions::newest().files();
        let pack = |files: &BTreeMap<String, String>| {
            Edition::parse(&Edition::pack(files.iter().map(|(name, text)| (&**name, &**text))))
        };
        assert_eq!(pack(&good).unwrap(), *Editions::newest());
        let mut more = good.clone();
        more.insert("scoring.toml".into(), String::new());
        assert!(matches!(pack(&more), Err(EditionError::Unknown(name)) if name == "scoring.toml"));
        let mut less = good.clone();
        less.remove("windows.toml");
        assert!(matches!(pack(&less), Err(EditionError::Missing("windows.toml"))));
        let mut other = good.clone();
        other.get_mut("windows.toml").unwrap().push_str("\n[other]\ndays = 3\n");
        assert!(matches!(pack(&other), Err(EditionError::File { file: "windows.toml", .. })));
        assert!(matches!(Edition::parse(b"[]"), Err(EditionError::Form(_))));
        assert!(matches!(Edition::parse(&vec![b' '; EDITION_BYTES_MAX + 1]), Err(EditionError::TooLong)));
    }
}
