//! What happens to a tender, told from the outside.

mod disclosure;
mod facts;
mod impartiality;
mod interruptions;
mod milestones;
mod objections;
mod persons;
mod prices;
mod rounds;
mod the_call;
mod the_result;
mod the_whole_way;

use super::fixture::*;
use crate::act::Capability;
use crate::problem::{self, Refusal};
use crate::tender::*;

fn cites(refusal: &Refusal) -> &str {
    &refusal.citation.as_ref().unwrap().rule
}

fn pointer(refusal: &Refusal) -> &str {
    &refusal.fields[0].pointer
}
