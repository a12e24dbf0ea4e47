//! The records of a stack. Names and order are those of the built-in schema.

use super::decode::{Given, record};
use crate::semantics::data::Map;
use crate::semantics::data::Value;
use crate::semantics::quantity::Quantity;
use std::rc::Rc;

/// A string leaf.
pub type GivenString = Given<Rc<str>>;
/// A map of string leaves.
pub type GivenStrings = Map<GivenString>;
/// Data that is only carried.
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
        /// The volume.
        persistence: Persistence,
        /// The database.
        server: Server,
        /// The agents.
        vmagent: Agent,
        /// What is scraped.
        scrape: Scrape,
        /// How the database is reached.
        service: Service,
        /// The agents' account.
        service_account: ServiceAccount,
        /// Who reaches the pods.
        network_policy: NetworkPolicy,
        /// Secrets of registries.
        image_pull_secrets: Vec<Carried>,
        /// Name in labels.
        name_override: Option<GivenString>,
        /// Name of objects.
        fullname_override: Option<GivenString>,
        /// The subchart.
        chart: Chart,
        /// The Compose service.
        compose: Compose,
    }
}

record! {
    /// Where samples are kept.
    Persistence {
        /// On a claim.
        enabled: Given<bool>,
        /// Size of the claim.
        size: Given<Quantity>,
        /// Its class.
        storage_class: Option<GivenString>,
        /// Its access modes.
        access_modes: Vec<GivenString>,
        /// Where it is mounted.
        mount_path: GivenString,
        /// A claim of the user's.
        existing_claim: Option<GivenString>,
        /// Its annotations.
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
    /// What a program asks for and may use.
    Resources {
        /// Asked for.
        requests: Amounts,
        /// At most.
        limits: Amounts,
    }
}

record! {
    /// When a program counts as healthy.
    Probe {
        /// Seconds before the first.
        initial_delay_seconds: Given<i64>,
        /// Seconds between.
        period_seconds: Given<i64>,
        /// Seconds until it failed.
        timeout_seconds: Given<i64>,
        /// Failures in a row.
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
        /// Where Kubernetes takes it from.
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
        /// Most series a query touches.
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
        /// Spread.
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
    /// One more place for samples.
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
        /// Queue of a URL.
        queue_size: Given<Quantity>,
        /// Volume of the queues.
        queue_volume: Given<Quantity>,
        /// More URLs.
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
        /// Local disk.
        ephemeral_storage: Given<Quantity>,
        /// Pushing samples on.
        remote_write: RemoteWrite,
        /// Namespaces that are scraped.
        namespaces: Vec<GivenString>,
        /// Rights.
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
        /// How they are replaced.
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
        /// Labels joined.
        source_labels: Vec<GivenString>,
        /// Between them.
        separator: GivenString,
        /// What is matched.
        regex: GivenString,
        /// What is set.
        target_label: Option<GivenString>,
        /// To what.
        replacement: GivenString,
        /// For hashing.
        modulus: Option<Given<i64>>,
        /// What is done.
        action: GivenString,
    }
}

record! {
    /// A scrape job.
    Job {
        /// Whether it is scraped.
        enabled: Given<bool>,
        /// Time between scrapes.
        interval: Given<Quantity>,
        /// Time of a scrape.
        timeout: Given<Quantity>,
        /// Path of the metrics.
        path: GivenString,
        /// Annotated pods.
        discover: Option<GivenString>,
        /// A service of ours.
        service: Option<GivenString>,
        /// Labels of its pods.
        selector: GivenStrings,
        /// Addresses.
        targets: Vec<GivenString>,
        /// http or https.
        scheme: GivenString,
        /// Parameters.
        params: Map<Vec<GivenString>>,
        /// Where it is scraped.
        on: Vec<GivenString>,
        /// Changes to targets.
        relabel: Vec<Relabel>,
        /// Changes to samples.
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
        /// Whether it is on.
        enabled: Given<bool>,
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
        /// Network.
        network: Option<GivenString>,
        /// Address of the host.
        bind: GivenString,
        /// Container's name.
        container_name: Option<GivenString>,
        /// An agent of its own.
        agent: Given<bool>,
        /// Restart policy.
        restart: GivenString,
    }
}
