//! Where the cases of a number are listed: the list's own filters ask for exactly these.

use super::{CountedAs, Narrowed, Statistic};
use crate::http::encoded;

/// The filters of a list, in the order of an address.
struct Asking(Vec<String>);

impl Asking {
    fn push(&mut self, name: &str, value: Option<impl ToString>) {
        self.0.extend(value.map(|value| format!("{name}={}", encoded(&value.to_string()))));
    }
}

/// The list that has these cases and no others: `/tenders?region=41`, below `/v1` in the API and below `/zh` as a page. `None`,
/// where no list can be asked so.
pub fn list(statistic: Statistic, counted_as: CountedAs, narrowed: &Narrowed) -> Option<String> {
    use {CountedAs as As, Statistic as Of};
    let (path, word, time) = match (statistic, counted_as) {
        (Of::Tenders, As::Met) => ("/tenders", None, "published"),
        (Of::ObjectionsUpheld, As::Met) => ("/objections", Some("result=upheld"), "filed"),
        (Of::ObjectionsUpheld, As::Unmet) => ("/objections", Some("result=rejected"), "filed"),
        (Of::ObjectionsUpheld, As::Unknown) => ("/objections", Some("result=open"), "filed"),
        (Of::ObjectionsAnswered, As::Met) => ("/objections", Some("answered=in_time"), "filed"),
        (Of::ObjectionsAnswered, As::Unmet) => ("/objections", Some("answered=late"), "filed"),
        (Of::ObjectionsAnswered, As::Unknown) => ("/objections", Some("answered=open"), "filed"),
        (Of::BidsOpened, As::Met) => ("/lots", Some("opening=in_time"), "published"),
        (Of::BidsOpened, As::Unmet) => ("/lots", Some("opening=late"), "published"),
        (Of::BidsOpened, As::Unknown) => ("/lots", Some("opening=unknown"), "published"),
        (Of::SingleBids, As::Met) => ("/lots", Some("bidding=single"), "published"),
        (Of::SingleBids, As::Unmet) => ("/lots", Some("bidding=several"), "published"),
        (Of::SingleBids, As::Unknown) => ("/lots", Some("bidding=unknown"), "published"),
        (Of::DepositsReturned, _) => return deposits(counted_as, narrowed),
        (Of::Tenders, As::Unmet | As::Unknown) | (Of::ChallengesAnswered, _) => return None,
    };
    let mut asking = Asking(word.into_iter().map(str::to_owned).collect());
    asking.push("region", narrowed.region.as_ref());
    asking.push("unit", narrowed.unit.as_ref());
    asking.push(&format!("{time}_from"), narrowed.from);
    asking.push(&format!("{time}_to"), narrowed.to);
    Some(address(path, &asking))
}

/// Deposits are listed by their payee, and neither by day nor region; those that are not back have several words.
fn deposits(counted_as: CountedAs, narrowed: &Narrowed) -> Option<String> {
    let word = match counted_as {
        CountedAs::Met => "in_time",
        CountedAs::Unmet => "late",
        CountedAs::Unknown => return None,
    };
    if narrowed.region.is_some() || narrowed.from.is_some() || narrowed.to.is_some() {
        return None;
    }
    let mut asking = Asking(vec![format!("refund={word}")]);
    asking.push("payee", narrowed.unit.as_ref());
    Some(address("/deposits", &asking))
}

fn address(path: &str, Asking(pairs): &Asking) -> String {
    if pairs.is_empty() { path.to_owned() } else { format!("{path}?{}", pairs.join("&")) }
}
