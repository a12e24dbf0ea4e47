//! What a stack's settings may name of the project around it: the compose file's services and networks.

use crate::source::overlay::Overlay;
use crate::yaml::located::{self, Data, Entry, Spanned};
use camino::Utf8Path;

/// What of the project a setting names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// A service of the compose file, with its port.
    Service,
    /// A network of the compose file.
    Network,
}

/// Names in the project.
#[derive(Clone, Debug, Default)]
pub struct Around {
    /// Services with their ports, as `name:port`.
    services: Vec<(String, String)>,
    networks: Vec<(String, String)>,
}

impl Around {
    /// Reads a compose file; a file that can't be read has nothing.
    pub fn read(file: &Utf8Path, overlay: &Overlay) -> Around {
        let Ok(text) = overlay.text(file) else { return Around::default() };
        let Ok(root) = located::read(&text) else { return Around::default() };
        let name = file.file_name().unwrap_or_default();
        let services = entries(&root, "services").iter().flat_map(|entry| {
            let named = |port| (format!("{}:{port}", entry.key), format!("a service of {name}"));
            ports(&entry.value).into_iter().map(named)
        });
        let networks = entries(&root, "networks").iter();
        Around {
            services: services.collect(),
            networks: networks.map(|entry| (entry.key.to_string(), format!("a network of {name}"))).collect(),
        }
    }

    /// The names of a kind, each with what it is.
    pub(super) fn of(&self, wanted: Wanted) -> &[(String, String)] {
        match wanted {
            Wanted::Service => &self.services,
            Wanted::Network => &self.networks,
        }
    }
}

fn entries<'d>(root: &'d Spanned, name: &str) -> &'d [Entry] {
    root.get(name).map_or(&[], Spanned::entries)
}

/// The ports inside the container that a service publishes or exposes.
fn ports(service: &Spanned) -> Vec<String> {
    let mut found = Vec::new();
    for key in ["ports", "expose"] {
        let Some(Data::List(items)) = service.get(key).map(|node| &node.data) else { continue };
        for item in items.iter() {
            let text = match &item.data {
                Data::String(text) => text.to_string(),
                Data::Number(port) => port.to_string(),
                Data::Map(_) => match item.get("target").map(|node| &node.data) {
                    Some(Data::Number(port)) => port.to_string(),
                    _ => continue,
                },
                _ => continue,
            };
            let inside = text.rsplit(':').next().unwrap_or_default();
            let port: String = inside.chars().take_while(char::is_ascii_digit).collect();
            if !port.is_empty() && !found.contains(&port) {
                found.push(port);
            }
        }
    }
    found
}
