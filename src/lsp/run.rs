//! The server over standard input and output.

use super::server::Server;
use crate::stack_space;
use lsp_server::Connection;
use std::sync::mpsc::{self, RecvTimeoutError};
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
    let stop = server.stopper();
    let reader = std::thread::spawn(move || {
        for message in receiver {
            stop.stop();
            if relay.send(message).is_err() {
                break;
            }
        }
    });
    let started = Instant::now();
    let ended = stack_space::ensure_for_run(|| {
        loop {
            let now = started.elapsed();
            let message = match server.deadline() {
                Some(deadline) => match messages.recv_timeout(deadline.saturating_sub(now)) {
                    Ok(message) => Some(message),
                    Err(RecvTimeoutError::Timeout) => None,
                    Err(RecvTimeoutError::Disconnected) => break false,
                },
                None => match messages.recv() {
                    Ok(message) => Some(message),
                    Err(_) => break false,
                },
            };
            let now = started.elapsed();
            match message {
                Some(message) => {
                    let answers = server.handle(message, now);
                    if answers.into_iter().any(|answer| sender.send(answer).is_err()) {
                        break false;
                    }
                }
                None => {
                    let answers = server.tick(now);
                    if answers.into_iter().any(|answer| sender.send(answer).is_err()) {
                        break false;
                    }
                }
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
