//! How much of everything, and why.

use std::time::Duration;

/// Subscriptions of one target: more than anybody reads the mails of.
pub const OF_TARGET_MAX: u64 = 20;
/// Those of one mailbox, or of one host, that nobody has confirmed: what a stranger can have sent to somebody who never asked.
pub const WAITING_AT_PLACE_MAX: u64 = 3;
/// Those of everybody that nobody has confirmed.
pub const WAITING_MAX: u64 = 5_000;
/// Subscriptions of everybody: their filters are held in memory, and against each new entry.
pub const ALL_MAX: u64 = 20_000;
/// One that nobody has confirmed goes after two days: over a weekend's night, and still soon.
pub const UNCONFIRMED_MILLIS: i64 = 48 * 3_600_000;
/// Who has declined a wish that was made in his name is asked by nobody for a month.
pub const DECLINED_MILLIS: i64 = 30 * 86_400_000;
/// One that was given up can be read for a month, so that its owner finds out why.
pub const GIVEN_UP_MILLIS: i64 = 30 * 86_400_000;

/// Characters of a query: what a search looks for has no more.
pub const QUERY_CHARACTERS_MAX: usize = 800;
/// Characters of an address of mail (RFC 5321 §4.5.3.1.3, without its brackets).
pub const ADDRESS_CHARACTERS_MAX: usize = 254;
/// Characters of a webhook's URL.
pub const URL_CHARACTERS_MAX: usize = 2_000;

/// Entries whose things stand in one mail: more are in the next.
pub const MAIL_ENTRIES_MAX: usize = 50;
/// Between two mails of a subscription, in which more may come together.
pub const MAIL_RESTS_MILLIS: i64 = 10 * 60_000;
/// Entries that are to be told to one who can't be reached; then it is given up.
pub const NEWS_MAX: usize = 10_000;

/// Pauses after the first attempts at a message; after the last one the subscription is given up. A receiver that is away for two days
/// misses nothing.
pub const PAUSES: [Duration; 8] = [
    Duration::from_secs(10),
    Duration::from_secs(5 * 60),
    Duration::from_secs(30 * 60),
    Duration::from_secs(2 * 3600),
    Duration::from_secs(5 * 3600),
    Duration::from_secs(10 * 3600),
    Duration::from_secs(14 * 3600),
    Duration::from_secs(20 * 3600),
];
/// The longest that a receiver's `Retry-After` has us wait: as long as the longest pause.
pub const RETRY_AFTER_MAX: Duration = Duration::from_secs(20 * 3600);
/// One attempt at a webhook. Standard Webhooks asks for 15 to 30 seconds.
pub const WEBHOOK_TIME: Duration = Duration::from_secs(15);
/// One attempt at a mail, from the connection to the server's answer: servers look at what they take.
pub const MAIL_TIME: Duration = Duration::from_secs(60);
/// How long a message belongs to whoever sends it: twice the longest attempt, and the minute by which clocks of replicas may differ.
pub const LEASE_MILLIS: i64 = 3 * 60_000;
/// Bytes of a webhook's answer that are read: the challenge has far fewer.
pub const ANSWER_BYTES_MAX: usize = 1_024;
/// Mails under way at a time: to one server.
pub const MAILS_UNDER_WAY_MAX: usize = 8;
/// Messages under way to webhooks that answer promptly, and to all others: none of those waits for one of these.
pub const PROMPT_UNDER_WAY_MAX: usize = 64;
pub const SLOW_UNDER_WAY_MAX: usize = 32;
/// Those to one mailbox, or one host, in a lane.
pub const UNDER_WAY_AT_PLACE_MAX: usize = 4;
/// A webhook that takes longer is slow for a day, and rests each time for as long as it took.
pub const PROMPT_TIME: Duration = Duration::from_secs(2);
pub const SLOW_MILLIS: i64 = 86_400_000;
/// Entries that are held against the filters in one transaction.
pub const ENTRIES_AT_A_TIME: u64 = 32;
