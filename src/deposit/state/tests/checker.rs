//! Two keys are two persons only when both have been in the log for a while: from the edition 2027-06 on.

use super::*;
use crate::act::Key;
use crate::organisation::Organisation;

/// The edition before this rule, and its own.
const BOTH: [&str; 2] = ["2027-05", "2027-06"];

impl Run {
    /// The payee's keys, and since when they are in the log.
    fn keeping(mut self, keys: &[(u8, &str)]) -> Self {
        let id: OrganisationId = PAYEE.parse().unwrap();
        let registration = json!({"id": id, "name": "某中心", "key": key(1).to_jwk(), "roles": ["centre"]});
        let Ok(crate::world::Act::Organisation(act)) =
            crate::world::Act::parse("organisation.registered", registration.to_string().as_bytes())
        else {
            panic!("{registration}")
        };
        let keys = keys.iter().map(|(hand, since)| Key::new(key(*hand), Self::on(since).now)).collect();
        self.puts_beside::<Organisation>(PAYEE, Stream::of(&id), &act).keys = keys;
        self
    }
}

/// A thief of one key adds another by the next record, and has both halves.
#[test]
fn a_new_key_is_nobody_else_yet() {
    for (edition, is_refused) in BOTH.into_iter().zip([false, true]) {
        let mut run = Run::secured("bid-tendering").under(edition).keeping(&[(1, "2026-03-01"), (2, "2026-03-30")]);
        let wrong = json!({"deposit": "d-1", "reference": "R-1", "reason": "误记", "document": paper()});
        if !is_refused {
            run.accepts(2, "deposit.receipt_reversed", wrong);
            continue;
        }
        let refusal = run.refuses(2, "deposit.receipt_reversed", wrong.clone(), "same-signer");
        assert!(refusal.citation.is_some_and(|citation| citation.rule == "DP-SECOND-PERSON"));
        // 30 March is not counted: the third day after it ends with 2 April.
        run.at("2026-04-02");
        run.refuses(2, "deposit.receipt_reversed", wrong.clone(), "same-signer");
        run.at("2026-04-03");
        run.accepts(2, "deposit.receipt_reversed", wrong);
    }
}

/// The new key is no better where it acts first, and the old one checks it.
#[test]
fn nor_is_it_where_it_acted_first() {
    let mut run = Run::secured("bid-tendering").keeping(&[(1, "2026-03-01"), (2, "2026-04-01")]);
    run.accepts(2, "deposit.received", receipt("d-1", "R-2", 100, "2026-04-01"));
    let wrong = json!({"deposit": "d-1", "reference": "R-2", "reason": "误记", "document": paper()});
    run.refuses(1, "deposit.receipt_reversed", wrong.clone(), "same-signer");
    // The third day is one of 清明节, so the time ends with the next working day.
    run.at("2026-04-07");
    run.refuses(1, "deposit.receipt_reversed", wrong.clone(), "same-signer");
    run.at("2026-04-08");
    run.accepts(1, "deposit.receipt_reversed", wrong);
}
