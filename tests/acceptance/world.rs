//! What a scenario has at hand.

use crate::cluster::objects::{Objects, render};
use crate::cluster::pods::TestPod;
use crate::cluster::{Cluster, docker};
use crate::common::{Project, repository, tool};
use crate::evidence::uses;
use crate::scenario;
use cucumber::World;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// The release of VictoriaMetrics that runs: its folder among the tools is its version.
pub const RELEASE: &str = "1.106.1";

/// The release of Compose.
pub const COMPOSE: &str = "2.40.3";

/// The last release of the old Compose.
pub const OLD_COMPOSE: &str = "1.29.2";

/// Both releases of Helm, which must render the same.
pub const HELMS: [&str; 2] = ["helm3", "helm4"];

/// What a scenario has at hand.
#[derive(Default, World)]
pub struct Story {
    /// `--set` of the umbrella chart.
    pub values: Vec<String>,
    /// What both Helms rendered.
    pub rendered: Option<Objects>,
    /// What runs.
    pub cluster: Option<Cluster>,
    /// Pods that are only an address.
    pub test_pods: Vec<TestPod>,
    /// The Compose project that is up.
    pub compose: Option<crate::steps::compose::Up>,
    /// When the last step began what takes a while.
    pub since: Option<Instant>,
    /// The most memory that was seen of an agent, in bytes.
    pub memory: u64,
    project: Option<Project>,
}

impl std::fmt::Debug for Story {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Story").field("values", &self.values).finish_non_exhaustive()
    }
}

impl Story {
    /// The project: a copy of the committed example, or the one that is asked for.
    pub fn project(&mut self) -> PathBuf {
        match std::env::var_os(scenario::PROJECT) {
            Some(path) => PathBuf::from(path),
            None => self.project.get_or_insert_with(Project::example).path().to_owned(),
        }
    }

    /// The umbrella chart.
    pub fn umbrella(&mut self) -> PathBuf {
        self.project().join("charts/dox-asdlc")
    }

    /// Renders with both Helms; they must agree.
    pub fn render(&mut self) -> Objects {
        let (chart, values) = (self.umbrella(), self.values.clone());
        HELMS.iter().for_each(|helm| uses(&helm.replace("helm", "Helm ")));
        let [three, four] = HELMS.map(|helm| render(helm, &chart, &values));
        assert_eq!(three.all(), four.all(), "Helm 3 and 4 render the same");
        self.rendered = Some(three.clone());
        three
    }

    /// Installs the umbrella in a new cluster.
    pub fn install(&mut self) -> &mut Cluster {
        images();
        uses("Docker Engine");
        uses("VictoriaMetrics and vmagent");
        let objects = self.render();
        let cluster = self.cluster.insert(Cluster::new());
        cluster.install(objects);
        cluster
    }

    /// The cluster, with the umbrella in it and every pod Ready.
    pub fn running(&mut self) -> &mut Cluster {
        if self.cluster.is_none() {
            self.install();
        }
        let cluster = self.cluster.as_mut().unwrap();
        cluster.ready();
        cluster
    }

    /// The cluster that a step before has made.
    pub fn cluster(&self) -> &Cluster {
        self.cluster.as_ref().expect("a chart is installed")
    }
}

/// The images that the chart and the compose file name, of the real programs.
pub fn images() {
    let release = tool(&format!("vm/{RELEASE}"));
    docker::image("busybox:1.36", &[]);
    docker::image("victoriametrics/victoria-metrics:v1.106.1", &[&release.join("victoria-metrics")]);
    docker::image("victoriametrics/vmagent:v1.106.1", &[&release.join("vmagent")]);
}

/// The folder of the features.
pub fn features() -> PathBuf {
    repository().join(Path::new("tests/acceptance"))
}
