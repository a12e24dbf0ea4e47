//! Flags that change what others rely on: the probes, the agents, the jobs. Nothing here would follow.

/// Flags that are refused, and why.
#[derive(Clone, Copy, Debug)]
pub struct Unfollowed {
    /// Their names; `*` at the start or the end stands for any text.
    pub names: &'static [&'static str],
    /// What such a flag does, as the end of a sentence that begins with it.
    pub does: &'static str,
    /// What to do instead.
    pub instead: &'static str,
}

/// All of them (VictoriaMetrics docs, list of command-line flags).
pub const UNFOLLOWED: &[Unfollowed] = &[
    Unfollowed {
        names: &["http.pathPrefix"],
        does: "moves `/health`, `/metrics` and `/api/v1/write`, and nothing here follows",
        instead: "remove it; a proxy in front of the Service can add a prefix",
    },
    Unfollowed {
        names: &["tls*", "mtls*"],
        does: "makes the program speak TLS alone, which the probes and the agents do not",
        instead: "remove it; end TLS in front of the Service, at an Ingress or a gateway",
    },
    Unfollowed {
        names: &["httpAuth.*"],
        does: "asks everybody for a password, and the agents have none: each push and scrape gets 401",
        instead: "remove it; the network policy says who reaches the server",
    },
    Unfollowed {
        names: &["metricsAuthKey"],
        does: "asks for a key at `/metrics`, which the jobs of the server's and the agents' own metrics do not have",
        instead: "remove it; the network policy says who reaches the port",
    },
    Unfollowed {
        names: &["*.useProxyProtocol"],
        does: "takes connections of a proxy alone: the probes and the agents are turned away",
        instead: "remove it",
    },
    Unfollowed {
        names: &["envflag.*"],
        does: "lets environment variables set flags, past what the stack says",
        instead: "remove it; set flags in `extraArgs`",
    },
    Unfollowed {
        names: &["dryRun", "*.dryRun", "version"],
        does: "makes the program end instead of run",
        instead: "remove it",
    },
    Unfollowed {
        names: &["promscrape.cluster.*"],
        does: "divides the targets once more: an agent has those of its node already, and most would be nobody's",
        instead: "remove it; each agent scrapes the pods of its own node",
    },
];

impl Unfollowed {
    /// Whether a flag is one of them.
    fn has(&self, flag: &str) -> bool {
        self.names.iter().any(|name| match (name.strip_prefix('*'), name.strip_suffix('*')) {
            (Some(end), _) => flag.ends_with(end),
            (_, Some(start)) => flag.starts_with(start),
            _ => flag == *name,
        })
    }

    /// A regular expression for their whole names.
    pub fn pattern(&self) -> String {
        let names = self.names.iter().map(|name| name.replace('.', r"[.]").replace('*', ".*"));
        format!("^({})$", names.collect::<Vec<_>>().join("|"))
    }
}

/// Why a flag is refused, if it is.
pub fn of(flag: &str) -> Option<&'static Unfollowed> {
    UNFOLLOWED.iter().find(|refused| refused.has(flag))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deploy::flags::{Program, table};
    use regex::Regex;

    #[test]
    fn the_chart_refuses_the_same_flags() {
        for flag in [Program::VictoriaMetrics, Program::Vmagent].into_iter().flat_map(table) {
            for refused in UNFOLLOWED {
                let pattern = Regex::new(&refused.pattern()).unwrap();
                assert_eq!(pattern.is_match(flag.name), refused.has(flag.name), "{}", flag.name);
            }
        }
        assert!(of("tlsKeyFile").is_some() && of("remoteWrite.tlsKeyFile").is_none());
    }
}
