//! The language server, `vmsc lsp`: [`crate::ide`] in the words of the Language Server Protocol 3.18.
//!
//! [`server`] says what is done with a message, and [`state`] what is known, without threads or a clock of
//! their own; [`mod@run`] gives it messages from standard input. [`requests`] answers requests ([`answer`] is what
//! answers have in common), with [`commands`] and [`outputs`] for
//! those of vmsc's own; [`calm`] decides what is published when. [`client`] is what the client can do,
//! [`capabilities`] what the server can, [`convert`] and [`uri`] translate; [`schema`]
//! lays vmsc's own files down where an editor can open them.

mod answer;
mod calm;
mod capabilities;
mod client;
mod commands;
mod convert;
mod document;
mod outputs;
mod requests;
mod run;
mod schema;
mod server;
mod state;
mod uri;

pub use run::run;
pub use server::Server;
pub use uri::{path_of, uri_of};
