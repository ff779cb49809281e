//! What happens to each tender, by the stage of life at which it gets interesting.

pub mod access;
mod award;
mod bidding;
mod contract;
pub mod credit;
pub mod deposit;
pub mod entry;
pub mod evaluation;
mod objection;
pub mod promise;
mod statement;
mod window;

use super::days::Days;
use super::script::Script;

/// Writes the story of one tender up to the present.
pub type Scene = fn(&Days) -> Script<'_>;

/// Every tender of the demo, in the order of their codes.
pub static SCENES: [Scene; 26] = [
    window::open,
    window::two_objections_on_one_day,
    window::an_answer_in_time,
    objection::escalated,
    objection::upheld_and_struck,
    objection::unanswered,
    objection::accepted_but_not_revised,
    objection::partly_accepted,
    objection::withdrawn,
    objection::dismissed,
    window::reopened_by_the_call,
    window::given_up,
    window::suspended_on_a_tip,
    window::resumed,
    bidding::failed,
    bidding::not_opened,
    bidding::in_evaluation,
    award::challenged_today,
    award::left_without_an_answer,
    award::fake_achievement,
    award::verified_achievement,
    award::five_lots,
    contract::to_be_inspected_again,
    contract::accepted,
    award::taken_over,
    award::framework,
];
