//! Stacks that get into each other's way: those of one name in one place would write the same files, and
//! those that call their Services alike would be reached as one.

use crate::compile::Compiled;
use crate::diagnostics::Diagnostic;
use crate::emit::Variant;
use crate::project::codes::{same_name, same_service};
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::HashMap;

/// The outputs of stacks, each with the file of the stack that was the first to claim it.
#[derive(Debug, Default)]
pub struct Claims {
    outputs: HashMap<(Utf8PathBuf, String), String>,
    services: Vec<Reached>,
}

/// Where a stack is reached, and by which names.
#[derive(Debug)]
struct Reached {
    root: Utf8PathBuf,
    file: String,
    variants: Vec<Named>,
}

/// The name of a stack's Service, in one of its variants.
#[derive(Debug, PartialEq)]
struct Named {
    profile: Option<String>,
    service: String,
    /// The umbrella whose release it is part of.
    umbrella: Option<String>,
    /// Its compose file and the network there.
    network: (String, String),
}

impl Named {
    fn new(variant: &Variant) -> Named {
        let stack = &variant.deployment.stack;
        let network = stack.compose.network.as_ref().map_or("default", |network| &network.value);
        Named {
            profile: variant.profile.clone(),
            service: stack.service.name.value.to_string(),
            umbrella: stack.chart.parent.as_ref().map(|parent| parent.value.to_string()),
            network: (stack.compose.file.value.to_string(), network.to_owned()),
        }
    }

    fn meets(&self, other: &Named) -> bool {
        let together = self.umbrella.is_some() && self.umbrella == other.umbrella;
        self.service == other.service && (together || self.network == other.network)
    }
}

impl Reached {
    /// What runs with a profile: the stack alone, if it has no such profile.
    fn with(&self, profile: Option<&str>) -> Option<&Named> {
        let of = |wanted: Option<&str>| self.variants.iter().find(|one| one.profile.as_deref() == wanted);
        of(profile).or_else(|| of(None))
    }
}

impl Claims {
    /// Claims the outputs and the Service of a stack; `file` is its name in diagnostics. Returns an error if
    /// another file's stack has one of them.
    pub fn claim(&mut self, root: &Utf8Path, file: &str, compiled: &Compiled) -> Option<Diagnostic> {
        let deployment = &compiled.variants.first()?.deployment;
        let settings = &deployment.stack;
        let chart = settings.chart.parent.as_ref().map_or("", |parent| &*parent.value);
        let mut first = None;
        for place in [chart, &settings.compose.file.value] {
            let output = format!("{place}\n{}", deployment.name);
            let known = self.outputs.entry((root.to_owned(), output)).or_insert_with(|| file.to_owned());
            if known != file && first.is_none() {
                first = Some(known.clone());
            }
        }
        let same = first.map(|first| same_name(&first, compiled.places.name));
        same.or_else(|| self.claim_service(root, file, compiled))
    }

    fn claim_service(&mut self, root: &Utf8Path, file: &str, compiled: &Compiled) -> Option<Diagnostic> {
        let variants = compiled.variants.iter().map(Named::new).collect();
        let new = Reached { root: root.to_owned(), file: file.to_owned(), variants };
        let found = self.services.iter().filter(|known| known.root == root && known.file != file);
        let found = found.into_iter().find_map(|known| {
            let profiles = known.variants.iter().chain(&new.variants).map(|one| one.profile.as_deref());
            let mut pairs = profiles.filter_map(|profile| Some((known.with(profile)?, new.with(profile)?)));
            let (_, ours) = pairs.find(|(theirs, ours)| theirs.meets(ours))?;
            let given = compiled.variants.iter().find(|variant| variant.profile == ours.profile)?;
            let span = given.deployment.stack.service.name.span;
            let span = if span.chunk.is_builtin() { compiled.places.name } else { span };
            let name = &given.deployment.name;
            Some(same_service(&known.file, &ours.service, name, ours.profile.as_deref(), span))
        });
        self.services.push(new);
        found
    }
}
