//! The records of a stack. Names and order are those of the built-in schema.

use super::decode::{Set, record};
use crate::semantics::data::Map;
use crate::semantics::data::Value;
use crate::semantics::quantity::Quantity;
use std::rc::Rc;

/// A string leaf.
pub type Text = Set<Rc<str>>;
/// A map of string leaves.
pub type Texts = Map<Text>;
/// Data that is only carried.
pub type Carried = Value;

record! {
    /// A VictoriaMetrics deployment.
    Stack {
        /// Whether anything is installed.
        enabled: Set<bool>,
        /// Release of VictoriaMetrics.
        version: Text,
        /// How long samples are kept.
        retention: Set<Quantity>,
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
        name_override: Option<Text>,
        /// Name of objects.
        fullname_override: Option<Text>,
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
        enabled: Set<bool>,
        /// Size of the claim.
        size: Set<Quantity>,
        /// Its class.
        storage_class: Option<Text>,
        /// Its access modes.
        access_modes: Vec<Text>,
        /// Where it is mounted.
        mount_path: Text,
        /// A claim of the user's.
        existing_claim: Option<Text>,
        /// Its annotations.
        annotations: Texts,
    }
}

record! {
    /// A program's image.
    Image {
        /// Registry.
        registry: Option<Text>,
        /// Repository.
        repository: Text,
        /// Tag.
        tag: Text,
        /// Digest.
        digest: Option<Text>,
        /// Pull policy.
        pull_policy: Text,
    }
}

record! {
    /// CPU and memory.
    Amounts {
        /// CPU.
        cpu: Option<Set<Quantity>>,
        /// Memory.
        memory: Option<Set<Quantity>>,
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
        initial_delay_seconds: Set<i64>,
        /// Seconds between.
        period_seconds: Set<i64>,
        /// Seconds until it failed.
        timeout_seconds: Set<i64>,
        /// Failures in a row.
        failure_threshold: Set<i64>,
    }
}

record! {
    /// An environment variable.
    EnvVar {
        /// Name.
        name: Text,
        /// Value.
        value: Option<Text>,
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
        max_unique_timeseries: Set<i64>,
        /// More flags.
        extra_args: Map<Carried>,
        /// More variables.
        extra_env: Vec<EnvVar>,
        /// Annotations of the pod.
        pod_annotations: Texts,
        /// Labels of the pod.
        pod_labels: Texts,
        /// Node selector.
        node_selector: Texts,
        /// Tolerations.
        tolerations: Vec<Carried>,
        /// Affinity.
        affinity: Carried,
        /// Spread.
        topology_spread_constraints: Vec<Carried>,
        /// Priority.
        priority_class_name: Option<Text>,
        /// Seconds to stop.
        termination_grace_period_seconds: Set<i64>,
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
        name: Text,
        /// The key.
        key: Text,
    }
}

record! {
    /// One more place for samples.
    RemoteUrl {
        /// URL.
        url: Text,
        /// User.
        username: Option<Text>,
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
        queue_size: Set<Quantity>,
        /// Volume of the queues.
        queue_volume: Set<Quantity>,
        /// More URLs.
        extra_urls: Vec<RemoteUrl>,
    }
}

record! {
    /// Rights.
    Rbac {
        /// Made by the chart.
        create: Set<bool>,
    }
}

record! {
    /// The agents.
    Agent {
        /// Whether there are any.
        enabled: Set<bool>,
        /// Image.
        image: Image,
        /// Resources.
        resources: Resources,
        /// Local disk.
        ephemeral_storage: Set<Quantity>,
        /// Pushing samples on.
        remote_write: RemoteWrite,
        /// Namespaces that are scraped.
        namespaces: Vec<Text>,
        /// Rights.
        rbac: Rbac,
        /// Whole jobs.
        extra_scrape_configs: Vec<Carried>,
        /// More flags.
        extra_args: Map<Carried>,
        /// More variables.
        extra_env: Vec<EnvVar>,
        /// Annotations of the pods.
        pod_annotations: Texts,
        /// Labels of the pods.
        pod_labels: Texts,
        /// Node selector.
        node_selector: Texts,
        /// Tolerations.
        tolerations: Vec<Carried>,
        /// Affinity.
        affinity: Carried,
        /// Priority.
        priority_class_name: Option<Text>,
        /// Seconds to stop.
        termination_grace_period_seconds: Set<i64>,
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
        source_labels: Vec<Text>,
        /// Between them.
        separator: Text,
        /// What is matched.
        regex: Text,
        /// What is set.
        target_label: Option<Text>,
        /// To what.
        replacement: Text,
        /// For hashing.
        modulus: Option<Set<i64>>,
        /// What is done.
        action: Text,
    }
}

record! {
    /// A scrape job.
    Job {
        /// Whether it is scraped.
        enabled: Set<bool>,
        /// Time between scrapes.
        interval: Set<Quantity>,
        /// Time of a scrape.
        timeout: Set<Quantity>,
        /// Path of the metrics.
        path: Text,
        /// Annotated pods.
        discover: Option<Text>,
        /// A service of ours.
        service: Option<Text>,
        /// Labels of its pods.
        selector: Texts,
        /// Addresses.
        targets: Vec<Text>,
        /// http or https.
        scheme: Text,
        /// Parameters.
        params: Map<Vec<Text>>,
        /// Where it is scraped.
        on: Vec<Text>,
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
        interval: Set<Quantity>,
        /// Time of a scrape.
        timeout: Set<Quantity>,
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
        name: Text,
        /// Type.
        r#type: Text,
        /// Port.
        port: Set<i64>,
        /// Annotations.
        annotations: Texts,
    }
}

record! {
    /// The agents' account.
    ServiceAccount {
        /// Made by the chart.
        create: Set<bool>,
        /// Name.
        name: Option<Text>,
        /// Annotations.
        annotations: Texts,
    }
}

record! {
    /// Who reaches the pods.
    NetworkPolicy {
        /// Whether it is on.
        enabled: Set<bool>,
    }
}

record! {
    /// The subchart.
    Chart {
        /// The umbrella's folder.
        parent: Option<Text>,
        /// Version.
        version: Text,
    }
}

record! {
    /// The Compose service.
    Compose {
        /// The compose file.
        file: Text,
        /// Network.
        network: Option<Text>,
        /// Address of the host.
        bind: Text,
        /// Container's name.
        container_name: Option<Text>,
        /// An agent of its own.
        agent: Set<bool>,
        /// Restart policy.
        restart: Text,
    }
}
