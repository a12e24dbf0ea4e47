//! The server: what it does with a message.

use super::capabilities::capabilities;
use super::client::Client;
use super::requests;
use super::state::State;
use crate::semantics::stop::Stop;
use gen_lsp_types as lsp;
use lsp_server::{ErrorCode, Message, Notification, Request, Response};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

/// Where the server is in its life.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Phase {
    /// The client has not said `initialize`.
    #[default]
    Waiting,
    Running,
    /// The client has said `shutdown`.
    ShutDown,
    /// The client has said `exit`, after `shutdown` or not.
    Ended {
        fine: bool,
    },
}

/// A language server. It has no clock and no threads: messages come with the time since some fixed point.
#[derive(Debug, Default)]
pub struct Server {
    phase: Phase,
    state: State,
}

impl Server {
    /// A flag that stops an evaluation, to be set when a message waits.
    pub fn stopper(&self) -> Stop {
        self.state.stop.clone()
    }

    /// Whether the client has said `exit`, and if so, whether after `shutdown`.
    pub fn ended(&self) -> Option<bool> {
        match self.phase {
            Phase::Ended { fine } => Some(fine),
            _ => None,
        }
    }

    /// When [`Server::tick`] has something to do.
    pub fn deadline(&self) -> Option<Duration> {
        self.state.deadline()
    }

    /// Does what waits: evaluates what changed, and publishes; returns what to send.
    pub fn tick(&mut self, now: Duration) -> Vec<Message> {
        if catch_unwind(AssertUnwindSafe(|| self.state.tick(now))).is_err() {
            self.state.recover();
            // What can't be evaluated is not tried again before the next change.
            self.state.rest();
        }
        self.state.sent()
    }

    /// Handles a message; returns what to send.
    ///
    /// A panic is a mistake in vmsc; it costs the answer and not the server, which reads its files again.
    pub fn handle(&mut self, message: Message, now: Duration) -> Vec<Message> {
        let id = match &message {
            Message::Request(request) => Some(request.id.clone()),
            _ => None,
        };
        let handled = catch_unwind(AssertUnwindSafe(|| match message {
            Message::Request(request) => self.request(request),
            Message::Notification(notification) => self.notification(notification, now),
            // Nothing that is asked of the client needs its answer.
            Message::Response(_) => {}
        }));
        if handled.is_err() {
            self.state.recover();
            let what = "this is a mistake in vmsc itself: please report it, with the stack".to_owned();
            if let Some(id) = id {
                self.state.send(Message::Response(Response::new_err(
                    id,
                    ErrorCode::InternalError as i32,
                    what,
                )));
            }
        }
        self.state.sent()
    }

    fn request(&mut self, request: Request) {
        let Request { id, method, params } = request;
        let response = match (self.phase, method.as_str()) {
            (Phase::Waiting, "initialize") => {
                self.state.client = Client::new(&params);
                self.phase = Phase::Running;
                Response::new_ok(id, capabilities(&self.state.client))
            }
            (Phase::Waiting, _) => Response::new_err(
                id,
                ErrorCode::ServerNotInitialized as i32,
                "say `initialize` first".to_owned(),
            ),
            (Phase::Running, "shutdown") => {
                self.phase = Phase::ShutDown;
                Response::new_ok(id, Value::Null)
            }
            (Phase::Running, "initialize") => {
                Response::new_err(id, ErrorCode::InvalidRequest as i32, "it is running".to_owned())
            }
            (Phase::Running, method) => match requests::answer(&mut self.state, method, params) {
                Ok(answer) => Response::new_ok(id, answer),
                Err((code, message)) => Response::new_err(id, code as i32, message),
            },
            (Phase::ShutDown | Phase::Ended { .. }, _) => {
                Response::new_err(id, ErrorCode::InvalidRequest as i32, "it is shut down".to_owned())
            }
        };
        self.state.send(Message::Response(response));
    }

    fn notification(&mut self, notification: Notification, now: Duration) {
        let Notification { method, params } = notification;
        match (self.phase, method.as_str()) {
            (phase, "exit") => self.phase = Phase::Ended { fine: phase == Phase::ShutDown },
            (Phase::Running, "initialized") => self.state.watch(),
            (Phase::Running, "textDocument/didOpen") => {
                if let Some(params) = read::<lsp::DidOpenTextDocumentParams>(params) {
                    self.state.open(params.text_document);
                }
            }
            (Phase::Running, "textDocument/didChange") => {
                if let Some(params) = read::<lsp::DidChangeTextDocumentParams>(params) {
                    self.state.change(params, now);
                }
            }
            (Phase::Running, "textDocument/didClose") => {
                if let Some(params) = read::<lsp::DidCloseTextDocumentParams>(params) {
                    self.state.close(&params.text_document.uri);
                }
            }
            (Phase::Running, "textDocument/didSave" | "workspace/didChangeWatchedFiles") => {
                self.state.look_again()
            }
            // What else a client says changes nothing.
            _ => {}
        }
    }
}

/// Reads the parameters of a message; `None` if they are not as the protocol says.
fn read<T: DeserializeOwned>(params: Value) -> Option<T> {
    serde_json::from_value(params).ok()
}
