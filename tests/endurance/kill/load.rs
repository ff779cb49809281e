//! Clients that send, all at once, until they are told to stop.

use super::book::{Book, Errand, Kept};
use crate::client::Client;
use crate::people::People;
use crate::support::dice::Dice;
use anyhow::bail;
use reqwest::Method;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;
use tokio::task::JoinSet;

const CLIENTS: usize = 4;
/// After no answer, before the next attempt.
const PAUSE: Duration = Duration::from_millis(10);
/// Nothing is answered for so long only where something is broken.
const SILENCE_MAX: Duration = Duration::from_secs(60);

pub struct Load {
    over: Rc<Cell<bool>>,
    book: Rc<RefCell<Book>>,
    clients: JoinSet<anyhow::Result<()>>,
}

impl Load {
    /// On the thread's `LocalSet`.
    pub fn start(client: &Client, people: &Rc<People>, book: &Rc<RefCell<Book>>, dice: &mut Dice) -> Self {
        let mut load = Self { over: Rc::default(), book: Rc::clone(book), clients: JoinSet::new() };
        for _ in 0..CLIENTS {
            let (client, people, book) = (client.clone(), Rc::clone(people), Rc::clone(book));
            let (over, mut dice) = (Rc::clone(&load.over), Dice::new(dice.next()));
            load.clients.spawn_local(async move {
                while !over.get() {
                    let errand = book.borrow_mut().errand(&people, &mut dice);
                    if !run(&client, &people, &book, errand).await? {
                        tokio::time::sleep(PAUSE).await;
                    }
                }
                Ok(())
            });
        }
        load
    }

    /// Waits for so many more good answers.
    pub async fn answers(&mut self, count: u64) -> anyhow::Result<()> {
        let wanted = self.book.borrow().answers + count;
        let came = async {
            while self.book.borrow().answers < wanted {
                tokio::select! {
                    Some(ended) = self.clients.join_next() => ended??,
                    () = tokio::time::sleep(Duration::from_micros(200)) => {}
                }
            }
            Ok(())
        };
        tokio::time::timeout(SILENCE_MAX, came).await.unwrap_or_else(|_| bail!("nothing is answered any more"))
    }

    /// Lets every client come to the end of what it does: an answer that was on its way counts.
    pub async fn end(mut self) -> anyhow::Result<()> {
        self.over.set(true);
        while let Some(ended) = self.clients.join_next().await {
            ended??;
        }
        Ok(())
    }
}

/// Whether there was an answer.
async fn run(client: &Client, people: &People, book: &RefCell<Book>, errand: Errand) -> anyhow::Result<bool> {
    match errand {
        Errand::Alone(path, record) => {
            let receipt = client.post(&path, &record).await?;
            let answered = receipt.is_some();
            book.borrow_mut().answered(record, receipt)?;
            Ok(answered)
        }
        Errand::Together(records) => {
            let receipts = client.post_all(&records).await?;
            let answered = receipts.iter().all(Option::is_some);
            for (record, receipt) in records.into_iter().zip(receipts) {
                book.borrow_mut().answered(record, receipt)?;
            }
            Ok(answered)
        }
        Errand::Upload(id, bytes) => {
            let put = client.request_as(&people.centre.key, Method::PUT, &format!("/v1/documents/{id}"));
            let put = put.header("content-type", "text/plain").body(bytes.clone());
            Ok(kept(book, client.send(put).await?, Kept::Document(id, bytes)))
        }
        Errand::Disclose(disclosure) => {
            let post = client.request_as(&people.centre.key, Method::POST, "/v1/disclosures");
            let post = post.header("content-type", "text/plain; charset=utf-8").body(disclosure.text().to_owned());
            Ok(kept(book, client.send(post).await?, Kept::Disclosure(disclosure)))
        }
        Errand::Erase(disclosure) => {
            let path = format!("/v1/disclosures/{}?reason=test", disclosure.sealed().sealed);
            // Nobody can put it back: the centre would only take back its own copy, for no record holds the digest.
            let delete = client.request_as(&people.supervisor.key, Method::DELETE, &path);
            Ok(kept(book, client.send(delete).await?, Kept::Erased(disclosure)))
        }
        Errand::Look => {
            let Some(note) = client.send(client.request(Method::GET, "/log/checkpoint")).await? else {
                return Ok(false);
            };
            book.borrow_mut().checkpoints.push(String::from_utf8(note)?);
            Ok(true)
        }
    }
}

fn kept(book: &RefCell<Book>, answer: Option<Vec<u8>>, kept: Kept) -> bool {
    book.borrow_mut().kept(kept, answer.is_some());
    answer.is_some()
}
