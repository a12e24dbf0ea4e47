//! The records of a stack. Names and order match the built-in schema.

use super::decode::{Given, record};
use crate::semantics::data::Map;
use crate::semantics::data::Value;
use crate::semantics::quantity::Quantity;
use std::rc::Rc;

/// A string leaf.
pub type GivenString = Given<Rc<str>>;
/// A map of string leaves.
pub type GivenStrings = Map<GivenString>;
/// Data that is passed through unchanged.
pub type Carried = Value;

record! {
    /// A VictoriaMetrics deployment.
    Stack {
        /// Whether anything is installed.
        enabled: Given<bool>,
        /// Release of VictoriaMetrics.
        version: GivenString,
        /// How long samples are kept.
        retention: Given<Quantity>,
        /// Volume for the samples.
        persistence: Persistence,
        /// The database.
        server: Server,
        /// The agents.
        vmagent: Agent,
        /// What to scrape.
        scrape: Scrape,
        /// The database's Service.
        service: Service,
        /// The agents' service account.
        service_account: ServiceAccount,
        /// Network policy of the pods.
        network_policy: NetworkPolicy,
        /// Image pull secrets.
        image_pull_secrets: Vec<Carried>,
        /// Overrides the name in labels.
        name_override: Option<GivenString>,
        /// Overrides the names of objects.
        fullname_override: Option<GivenString>,
        /// The subchart.
        chart: Chart,
        /// The Compose service.
        compose: Compose,
    }
}

record! {
    /// Storage of the samples.
    Persistence {
        /// Whether samples are kept on a persistent volume claim.
        enabled: Given<bool>,
        /// Size of the claim.
        size: Given<Quantity>,
        /// Storage class of the claim.
        storage_class: Option<GivenString>,
        /// Access modes of the claim.
        access_modes: Vec<GivenString>,
        /// Name of the volume.
        volume: Option<GivenString>,
        /// Mount path of the volume.
        mount_path: GivenString,
        /// An existing claim to use instead.
        existing_claim: Option<GivenString>,
        /// Annotations of the claim.
        annotations: GivenStrings,
    }
}

record! {
    /// A program's image.
    Image {
        /// Registry.
        registry: Option<GivenString>,
        /// Repository.
        repository: GivenString,
        /// Tag.
        tag: GivenString,
        /// Digest.
        digest: Option<GivenString>,
        /// Pull policy.
        pull_policy: GivenString,
    }
}

impl Image {
    /// Whether it is one of the enterprise build, by its tag.
    pub fn is_enterprise(&self) -> bool {
        self.tag.value.ends_with("-enterprise")
    }
}

record! {
    /// CPU and memory.
    Amounts {
        /// CPU.
        cpu: Option<Given<Quantity>>,
        /// Memory.
        memory: Option<Given<Quantity>>,
    }
}

record! {
    /// Resource requests and limits.
    Resources {
        /// Requests.
        requests: Amounts,
        /// Limits.
        limits: Amounts,
    }
}

record! {
    /// A health probe.
    Probe {
        /// Seconds before the first probe.
        initial_delay_seconds: Given<i64>,
        /// Seconds between probes.
        period_seconds: Given<i64>,
        /// Timeout in seconds.
        timeout_seconds: Given<i64>,
        /// Consecutive failures before the probe fails.
        failure_threshold: Given<i64>,
    }
}

record! {
    /// An environment variable.
    EnvVar {
        /// Name.
        name: GivenString,
        /// Value.
        value: Option<GivenString>,
        /// Kubernetes source of the value.
        value_from: Option<Carried>,
    }
}

record! {
    /// The database.
    Server {
        /// Image.
        image: Image,
        /// Resources.
        resources: Resources,
        /// Maximum number of series per query.
        max_unique_timeseries: Given<i64>,
        /// More flags.
        extra_args: Map<Carried>,
        /// More variables.
        extra_env: Vec<EnvVar>,
        /// Annotations of the pod.
        pod_annotations: GivenStrings,
        /// Labels of the pod.
        pod_labels: GivenStrings,
        /// Node selector.
        node_selector: GivenStrings,
        /// Tolerations.
        tolerations: Vec<Carried>,
        /// Affinity.
        affinity: Carried,
        /// Topology spread constraints.
        topology_spread_constraints: Vec<Carried>,
        /// Priority.
        priority_class_name: Option<GivenString>,
        /// Seconds to stop.
        termination_grace_period_seconds: Given<i64>,
        /// The pod's security context.
        pod_security_context: Carried,
        /// The container's security context.
        security_context: Carried,
        /// Liveness.
        liveness_probe: Probe,
        /// Readiness.
        readiness_probe: Probe,
        /// Start.
        startup_probe: Probe,
    }
}

record! {
    /// A key of a Secret.
    SecretKey {
        /// The Secret.
        name: GivenString,
        /// The key.
        key: GivenString,
    }
}

record! {
    /// An additional remote-write URL.
    RemoteUrl {
        /// URL.
        url: GivenString,
        /// User.
        username: Option<GivenString>,
        /// Password.
        password_secret: Option<SecretKey>,
        /// Token.
        bearer_token_secret: Option<SecretKey>,
    }
}

record! {
    /// Pushing samples on.
    RemoteWrite {
        /// Queue size per URL.
        queue_size: Given<Quantity>,
        /// Size of the volume for the queues.
        queue_volume: Given<Quantity>,
        /// Additional URLs.
        extra_urls: Vec<RemoteUrl>,
    }
}

record! {
    /// Rights.
    Rbac {
        /// Made by the chart.
        create: Given<bool>,
    }
}

record! {
    /// The agents.
    Agent {
        /// Whether there are any.
        enabled: Given<bool>,
        /// Image.
        image: Image,
        /// Resources.
        resources: Resources,
        /// Local disk limit.
        ephemeral_storage: Given<Quantity>,
        /// Remote-write settings.
        remote_write: RemoteWrite,
        /// Namespaces to scrape.
        namespaces: Vec<GivenString>,
        /// RBAC settings.
        rbac: Rbac,
        /// Whole jobs.
        extra_scrape_configs: Vec<Carried>,
        /// More flags.
        extra_args: Map<Carried>,
        /// More variables.
        extra_env: Vec<EnvVar>,
        /// Annotations of the pods.
        pod_annotations: GivenStrings,
        /// Labels of the pods.
        pod_labels: GivenStrings,
        /// Node selector.
        node_selector: GivenStrings,
        /// Tolerations.
        tolerations: Vec<Carried>,
        /// Affinity.
        affinity: Carried,
        /// Priority.
        priority_class_name: Option<GivenString>,
        /// Seconds to stop.
        termination_grace_period_seconds: Given<i64>,
        /// Update strategy.
        update_strategy: Carried,
        /// The pods' security context.
        pod_security_context: Carried,
        /// The containers' security context.
        security_context: Carried,
        /// Liveness.
        liveness_probe: Probe,
        /// Readiness.
        readiness_probe: Probe,
        /// Start.
        startup_probe: Probe,
    }
}

record! {
    /// A relabelling rule.
    Relabel {
        /// Labels whose values are joined.
        source_labels: Vec<GivenString>,
        /// Separator between the values.
        separator: GivenString,
        /// Regular expression to match.
        regex: GivenString,
        /// Label to set.
        target_label: Option<GivenString>,
        /// Replacement value.
        replacement: GivenString,
        /// Modulus for `hashmod`.
        modulus: Option<Given<i64>>,
        /// Action.
        action: GivenString,
    }
}

record! {
    /// A scrape job.
    Job {
        /// Whether the job is enabled.
        enabled: Given<bool>,
        /// Time between scrapes.
        interval: Given<Quantity>,
        /// Time of a scrape.
        timeout: Given<Quantity>,
        /// Path of the metrics.
        path: GivenString,
        /// Kind of discovery: annotated pods.
        discover: Option<GivenString>,
        /// Service to scrape.
        service: Option<GivenString>,
        /// Labels of the service's pods.
        selector: GivenStrings,
        /// Namespaces of the pods.
        namespaces: Vec<GivenString>,
        /// Addresses to scrape.
        targets: Vec<GivenString>,
        /// http or https.
        scheme: GivenString,
        /// Request parameters.
        params: Map<Vec<GivenString>>,
        /// Whether labels of targets win.
        honor_labels: Given<bool>,
        /// Whether timestamps of targets count.
        honor_timestamps: Given<bool>,
        /// Maximum number of samples of a scrape.
        sample_limit: Option<Given<i64>>,
        /// Maximum number of series of a target.
        series_limit: Option<Given<i64>>,
        /// Proxy.
        proxy_url: Option<GivenString>,
        /// Platforms the job runs on.
        on: Vec<GivenString>,
        /// Relabelling of targets.
        relabel: Vec<Relabel>,
        /// Relabelling of samples.
        metric_relabel: Vec<Relabel>,
    }
}

record! {
    /// What is scraped.
    Scrape {
        /// Time between scrapes.
        interval: Given<Quantity>,
        /// Time of a scrape.
        timeout: Given<Quantity>,
        /// Jobs by name.
        job: Map<Job>,
        /// Whole jobs.
        extra_scrape_configs: Vec<Carried>,
    }
}

record! {
    /// The Service.
    Service {
        /// Name.
        name: GivenString,
        /// Type.
        r#type: GivenString,
        /// Port.
        port: Given<i64>,
        /// Annotations.
        annotations: GivenStrings,
    }
}

record! {
    /// The agents' account.
    ServiceAccount {
        /// Made by the chart.
        create: Given<bool>,
        /// Name.
        name: Option<GivenString>,
        /// Annotations.
        annotations: GivenStrings,
    }
}

record! {
    /// Who reaches the pods.
    NetworkPolicy {
        /// Whether it is enabled.
        enabled: Given<bool>,
        /// Namespaces whose pods reach the server.
        namespaces: Vec<GivenString>,
        /// More peers that reach the server.
        from: Vec<Carried>,
    }
}

record! {
    /// The subchart.
    Chart {
        /// The umbrella's folder.
        parent: Option<GivenString>,
        /// Version.
        version: GivenString,
    }
}

record! {
    /// The Compose service.
    Compose {
        /// The compose file.
        file: GivenString,
        /// Compose network.
        network: Option<GivenString>,
        /// Host address that the port is bound to.
        bind: GivenString,
        /// Published port.
        port: Given<i64>,
        /// Container name.
        container_name: Option<GivenString>,
        /// Whether to run a separate agent.
        agent: Given<bool>,
        /// Restart policy.
        restart: GivenString,
    }
}
