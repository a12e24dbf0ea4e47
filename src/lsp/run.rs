//! The server over standard input and output.

use super::server::Server;
use crate::stack_space;
use lsp_server::Connection;
use std::sync::mpsc::{self, RecvTimeoutError, TryRecvError};
use std::time::Instant;

/// Serves one client until it says `exit` or its input ends. Returns whether it ended as the protocol wants:
/// after `shutdown`.
///
/// One thread thinks; another reads, and tells an evaluation that a message waits.
pub fn run() -> bool {
    let (connection, threads) = Connection::stdio();
    let Connection { sender, receiver } = connection;
    let (relay, messages) = mpsc::channel();
    let mut server = Server::default();
    let stopper = server.stopper();
    let stop = stopper.clone();
    let reader = std::thread::spawn(move || {
        for message in receiver {
            if relay.send(message).is_err() {
                break;
            }
            stop.stop();
        }
    });
    let started = Instant::now();
    let ended = stack_space::ensure_for_run(|| {
        loop {
            // A message that comes from here on stops what is evaluated.
            stopper.clear();
            let next = match (messages.try_recv(), server.deadline()) {
                (Ok(message), _) => Some(message),
                (Err(TryRecvError::Disconnected), _) => break false,
                (Err(TryRecvError::Empty), None) => match messages.recv() {
                    Ok(message) => Some(message),
                    Err(_) => break false,
                },
                (Err(TryRecvError::Empty), Some(deadline)) => {
                    match messages.recv_timeout(deadline.saturating_sub(started.elapsed())) {
                        Ok(message) => Some(message),
                        Err(RecvTimeoutError::Timeout) => None,
                        Err(RecvTimeoutError::Disconnected) => break false,
                    }
                }
            };
            let now = started.elapsed();
            let answers = match next {
                Some(message) => server.handle(message, now),
                None => server.tick(now),
            };
            if answers.into_iter().any(|answer| sender.send(answer).is_err()) {
                break false;
            }
            if let Some(fine) = server.ended() {
                break fine;
            }
        }
    });
    drop((sender, messages));
    // The reader ends with the input, which may never come; the process ends all the same.
    drop(reader);
    drop(threads);
    ended
}
