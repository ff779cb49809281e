//! Column profiles: which column of a bank's table says what. Data, not code: one file a layout in `profiles/`, and `words.toml` for
//! the words that all banks use.

use super::amount::DecimalForm;
use super::day::DayForm;
use crate::field::Bilingual;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// A layout.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// The name of its file.
    #[serde(skip)]
    name: &'static str,
    pub title: Bilingual,
    /// Columns that must be there beside the day and the amount: what tells this layout from others.
    #[serde(default)]
    pub(super) also: Vec<String>,
    pub(super) columns: Columns,
    pub(super) amount: AmountForm,
    #[serde(default)]
    pub(super) decimals: DecimalForm,
    #[serde(default)]
    pub(super) days: DayForm,
    /// Of a table that does not say it.
    #[serde(default)]
    pub(super) currency: Option<String>,
    /// What stands in a column of states beside the words that all banks use.
    #[serde(default)]
    pub(super) states: StateWords,
    /// The counterparty's account is written behind its name, in one cell.
    #[serde(default)]
    pub(super) account_behind_name: bool,
    /// The word in a text behind which the bank's reference stands.
    #[serde(default)]
    pub(super) reference_behind: Option<String>,
}

/// A column by the names that banks give it. Of several that are there the first is taken; of texts all.
pub(super) type Names = Vec<String>;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Columns {
    pub booked_on: Names,
    #[serde(default)]
    pub booked_time: Names,
    #[serde(default)]
    pub valued_on: Names,
    #[serde(default)]
    pub balance: Names,
    #[serde(default)]
    pub currency: Names,
    #[serde(default)]
    pub counterparty_name: Names,
    #[serde(default)]
    pub counterparty_account: Names,
    #[serde(default)]
    pub counterparty_bank: Names,
    #[serde(default)]
    pub text: Names,
    #[serde(default)]
    pub reference: Names,
    #[serde(default)]
    pub client_reference: Names,
}

/// What a column of states says of whether money moved. A word that is in neither list refuses its row: nobody can tell.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StateWords {
    #[serde(default)]
    pub booked: Vec<String>,
    /// No money moved, or it went back and both are this one line.
    #[serde(default)]
    pub unbooked: Vec<String>,
}

/// How a table says how much, and in which direction.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "form", rename_all = "kebab-case", deny_unknown_fields)]
pub(super) enum AmountForm {
    /// 贷方发生额 in, 借方发生额 out: as the bank sees it, which owes what is in the account.
    TwoColumns { credit: Names, debit: Names },
    /// One amount with its sign.
    Signed {
        column: Names,
        /// Of a card: positive is what was spent.
        #[serde(default)]
        positive_is_debit: bool,
    },
    /// An amount without a sign, and a word.
    Directed {
        column: Names,
        direction: Names,
        credit: Vec<String>,
        debit: Vec<String>,
        /// Words for what moves no money of this account.
        #[serde(default)]
        neither: Vec<String>,
    },
}

/// Words that all banks use.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    /// Cells that say nothing, beside those of dashes alone.
    pub blank: Vec<String>,
    /// What the first cell of a row of totals begins with.
    pub totals: Vec<String>,
    /// The same of a page alone: no total to hold anything against.
    pub page_totals: Vec<String>,
    /// 退汇
    pub returned: Vec<String>,
    /// 冲正
    pub reversed: Vec<String>,
    /// Words for currencies, and their codes.
    pub currencies: BTreeMap<String, String>,
    pub labels: Labels,
    /// Columns that say of each line whether it is booked. Any layout may have them, so they tell none from another.
    pub status_columns: Names,
    pub states: StateWords,
}

/// What stands before a value above or below the lines.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Labels {
    pub account: Names,
    pub currency: Names,
    pub opening: Names,
    pub closing: Names,
    pub count: Names,
    pub credit_sum: Names,
    pub credit_count: Names,
    pub debit_sum: Names,
    pub debit_count: Names,
}

macro_rules! profiles {
    ($($name:literal)*) => {
        &[$(($name, include_str!(concat!("profiles/", $name, ".toml")))),*]
    };
}

/// In this order where two fit equally well.
const FILES: &[(&str, &str)] = profiles! {
    "abc-personal" "alipay" "boc-personal" "bocom-personal" "ccb-personal" "citic-card" "cmb-personal" "company"
    "company-direction" "company-signed" "german" "hsbc-hk" "icbc-personal" "spdb-personal" "status-list"
};

/// The profiles that the program has. That each is well-formed, a test says.
static PROFILES: LazyLock<Vec<Profile>> =
    LazyLock::new(|| FILES.iter().filter_map(|(name, text)| parse(name, text).ok()).collect());

pub(super) static WORDS: LazyLock<Option<Words>> =
    LazyLock::new(|| toml::from_str(include_str!("profiles/words.toml")).ok());

fn parse(name: &'static str, text: &str) -> Result<Profile, toml::de::Error> {
    toml::from_str(text).map(|profile| Profile { name, ..profile })
}

impl Profile {
    pub fn all() -> &'static [Self] {
        &PROFILES
    }

    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Columns without which a table is not of this layout, each by its names.
    pub(super) fn required(&self) -> impl Iterator<Item = &[String]> {
        let amount: Vec<&[String]> = match &self.amount {
            AmountForm::TwoColumns { credit, debit } => vec![credit, debit],
            AmountForm::Signed { column, .. } => vec![column],
            AmountForm::Directed { column, direction, .. } => vec![column, direction],
        };
        let also = self.also.iter().map(std::slice::from_ref);
        std::iter::once(self.columns.booked_on.as_slice()).chain(amount).chain(also)
    }

    /// All columns that it takes anything from, each by its names.
    pub(super) fn known(&self) -> impl Iterator<Item = &[String]> {
        let of = &self.columns;
        let others = [
            &of.booked_time,
            &of.valued_on,
            &of.balance,
            &of.currency,
            &of.counterparty_name,
            &of.counterparty_account,
            &of.counterparty_bank,
            &of.reference,
            &of.client_reference,
        ];
        let texts = of.text.iter().map(std::slice::from_ref);
        self.required().chain(others.into_iter().map(Vec::as_slice)).chain(texts)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{StatementCurrency, head::plain};
    use super::*;

    #[test]
    fn every_profile_is_well_formed_and_says_what_it_needs() {
        for (name, text) in FILES {
            let profile = parse(name, text).unwrap_or_else(|error| panic!("{name}: {error}"));
            for names in profile.known() {
                for column in names {
                    assert_eq!(*column, plain(column), "{name}: as a head is compared, without blanks");
                }
            }
            assert!(profile.required().all(|names| !names.is_empty()), "{name}");
            if let Some(currency) = &profile.currency {
                assert!(StatementCurrency::from_code(currency).is_some(), "{name}");
            }
        }
        assert_eq!(Profile::all().len(), FILES.len());
        let files = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src/statement/profiles")).unwrap();
        assert_eq!(files.count(), FILES.len() + 1, "each file of the folder, and words.toml");
    }

    #[test]
    fn words_are_well_formed() {
        let words: Words = toml::from_str(include_str!("profiles/words.toml")).unwrap();
        assert!(words.currencies.values().all(|code| StatementCurrency::from_code(code).is_some()));
        assert!(words.status_columns.iter().all(|column| *column == plain(column)));
        for states in Profile::all().iter().map(|profile| &profile.states) {
            let booked: Vec<_> = words.states.booked.iter().chain(&states.booked).collect();
            let unbooked = || words.states.unbooked.iter().chain(&states.unbooked);
            assert!(unbooked().all(|word| !booked.contains(&word)), "{booked:?}");
        }
    }
}
