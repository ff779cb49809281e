//! What somebody means to do, made an act by the state that it meets: mostly what would come next, sometimes anything.

mod access;
mod commitment;
mod course;
mod credit;
mod custody;
mod deposit;
mod disclosure;
mod evaluation;
mod identity;
mod notice;
mod organisation;
mod result;
mod statement;
mod template;
mod tender;
mod words;

use super::cast::Cast;
use super::dice::Dice;
use super::plan::{Intent, Subject};
use gongshi::field::{DocumentRef, Instant};
use gongshi::organisation::Role;
use gongshi::record::{KeyId, PrivateKey};
use gongshi::world::{Act, Stream, World};

/// Every evaluation that some tender or year has brought about.
pub fn evaluations(world: &World) -> Vec<Stream> {
    evaluation::known(world).iter().map(super::seam::evaluation_stream).collect()
}

/// What the one who acts can see.
pub struct Scene<'a> {
    pub world: &'a World,
    pub cast: &'a Cast,
    pub now: Instant,
    /// The log's newest checkpoint.
    pub note: &'a str,
    /// Documents that are uploaded.
    pub documents: &'a [DocumentRef],
    /// With which the service signs.
    pub service: KeyId,
    pub dice: Dice,
}

/// An act before it is signed.
pub struct Draft {
    pub stream: Stream,
    pub act: Act,
    pub by: By,
}

/// Who signs.
#[derive(Clone)]
pub enum By {
    /// With one of its valid keys.
    Player(usize),
    Key(Box<PrivateKey>),
    Service,
}

/// Nothing, when the intent means nothing here.
pub fn draft(scene: &mut Scene<'_>, intent: &Intent) -> Option<Draft> {
    match intent.subject {
        Subject::Organisation => organisation::draft(scene, intent),
        Subject::Template => Some(template::draft(scene, intent)),
        Subject::Tender => tender::draft(scene, intent),
        Subject::Commitment => commitment::draft(scene, intent),
        Subject::Evaluation => evaluation::draft(scene, intent),
        Subject::Credit => credit::draft(scene, intent),
        Subject::Access => access::draft(scene, intent),
        Subject::Deposit => deposit::draft(scene, intent),
        Subject::Course(course) => course::draft(scene, course, intent.which),
        Subject::Log => identity::draft(scene, intent),
    }
}

impl Scene<'_> {
    /// What is over is mostly left alone, and sometimes anything is tried on it.
    fn after_the_end(&mut self, kinds: &[&'static str]) -> &'static str {
        if self.dice.percent(20) { self.dice.pick(kinds) } else { "nothing" }
    }

    fn player(&mut self, role: Role) -> By {
        By::Player(self.cast.with_role(role, &mut self.dice))
    }

    /// The player with this id, when it is one.
    fn known(&self, id: &gongshi::field::OrganisationId) -> Option<By> {
        self.cast.position(id).map(By::Player)
    }
}
