//! Who signs, and what.

use super::support::fixture::{act, objection, preannouncement_on, stream};
use super::support::{Actor, ORIGIN};
use gongshi::clock::Clock;
use gongshi::field::{DocumentId, DocumentRef};
use gongshi::organisation::{self, Confirmation, Registration, Role};
use gongshi::record::{Bearer, Header, PrivateKey, Record};
use gongshi::tender::Preannouncement;
use gongshi::world::{Act, Stream};

/// The acts that a log must hold before these people can act.
pub struct People {
    pub centre: Actor,
    pub bidder: Actor,
    pub supervisor: Actor,
}

fn actor(id: &str) -> Actor {
    Actor { id: id.parse().expect("a valid code"), key: PrivateKey::generate() }
}

/// A bearer token of this moment.
pub fn token(key: &PrivateKey) -> String {
    Bearer::issue(key, ORIGIN, Clock::System.now())
}

fn signed(key: &PrivateKey, stream: &Stream, act: &Act) -> Record {
    let payload = serde_json::to_vec(&act.to_value()).expect("a payload is JSON");
    let header = Header::new(key.key_id(), ORIGIN, act.kind(), &stream.to_string(), Clock::System.now().seconds());
    Record::sign(key, &header, &payload)
}

impl People {
    pub fn new() -> Self {
        Self {
            supervisor: actor("11410100005260004Y"),
            centre: actor("91410100MA0000015B"),
            bidder: actor("91410105MA9ABCDE2Y"),
        }
    }

    /// Everybody registers and is confirmed, in this order.
    pub fn admission(&self, operator: &PrivateKey) -> Vec<Record> {
        let supervisor = &self.supervisor.key;
        [
            admitted(&self.supervisor, Role::Supervisor, operator),
            admitted(&self.centre, Role::Centre, supervisor),
            admitted(&self.bidder, Role::Enterprise, supervisor),
        ]
        .concat()
    }

    pub fn preannouncement(&self, code: &str) -> Record {
        // Tomorrow: this run may see midnight.
        let day = Clock::System.now().plus_millis(super::support::DAY);
        signed(&self.centre.key, &stream(code), &act(preannouncement_on(&self.centre, day)))
    }

    /// As [`Self::preannouncement`], of a tender with a document.
    pub fn preannouncement_citing(&self, code: &str, document: DocumentId, size: u64) -> Record {
        let day = Clock::System.now().plus_millis(super::support::DAY);
        let (media_type, title) = ("text/plain".parse().expect("a type"), "招标文件".parse().expect("a title"));
        let documents = vec![DocumentRef { sha256: document, size, media_type, title }];
        let documents = documents.try_into().expect("one");
        let disclosed = Preannouncement { documents, ..preannouncement_on(&self.centre, day) };
        signed(&self.centre.key, &stream(code), &act(disclosed))
    }

    pub fn objection(&self, code: &str) -> Record {
        self.objection_number(1, code)
    }

    pub fn objection_number(&self, number: usize, code: &str) -> Record {
        signed(&self.bidder.key, &stream(code), &act(objection(&format!("o-{number}"))))
    }
}

fn admitted(who: &Actor, role: Role, by: &PrivateKey) -> [Record; 2] {
    let registration = Registration {
        id: who.id.clone(),
        name: format!("单位{}", who.id).parse().expect("a name"),
        key: who.key.public().to_jwk(),
        roles: vec![role],
        region: None,
        code_as_issued: false,
    };
    let confirmation = Confirmation { kid: who.key.key_id(), roles: vec![role], code_document: None };
    let stream = Stream::of(&who.id);
    [
        signed(&who.key, &stream, &organisation::Act::from(registration).into()),
        signed(by, &stream, &organisation::Act::from(confirmation).into()),
    ]
}
