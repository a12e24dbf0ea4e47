//! What is broken, and the step that shows it.

/// One way to break the project.
pub struct Mutation {
    /// What is broken.
    pub what: &'static str,
    /// File, below the umbrella chart or from the project's root, a text in it, and what it becomes.
    pub edits: &'static [Edit],
    /// The scenario that shows it.
    pub scenario: &'static str,
    /// The step that fails.
    pub step: &'static str,
    /// The one that may fail before it, for the same reason.
    pub sooner: Option<&'static str>,
}

impl Mutation {
    const fn sooner(self, step: &'static str) -> Mutation {
        Mutation { sooner: Some(step), ..self }
    }
}

const STATEFULSET: &str = "charts/victoriametrics/templates/statefulset.yaml";
const DAEMONSET: &str = "charts/victoriametrics/templates/daemonset.yaml";
const SERVICE: &str = "charts/victoriametrics/templates/service.yaml";
const CLAIM: &str = "charts/victoriametrics/templates/persistentvolumeclaim.yaml";
const ROLE: &str = "charts/victoriametrics/templates/clusterrole.yaml";
const BINDING: &str = "charts/victoriametrics/templates/clusterrolebinding.yaml";
const POLICY: &str = "charts/victoriametrics/templates/networkpolicy.yaml";
const HELPERS: &str = "charts/victoriametrics/templates/_helpers.tpl";
const VALUES: &str = "charts/victoriametrics/values.yaml";
const COMPOSE: &str = "docker/docker-compose.yml";

const STARTS: &str = "VictoriaMetrics pod starts successfully";
const PERSISTS: &str = "Data persists across restart";
const RETENTION: &str = "Retention is applied";
const NODES: &str = "vmagent pod runs on each node";
const ANNOTATED: &str = "vmagent scrapes annotated pods";
const ONCE: &str = "Every annotated endpoint is scraped once";
const LOST: &str = "Nothing is lost while the server is away";
const MEMORY: &str = "vmagent has minimal resource usage";
const RENDERS: &str = "Chart renders without errors";
const DISABLED: &str = "Chart can be disabled";
const CUSTOM: &str = "Custom values are applied";
const UP: &str = "VictoriaMetrics starts in docker-compose";
const VOLUME: &str = "Volume persists data";
const CONNECTIVITY: &str = "Network connectivity";
const ACCESSIBLE: &str = "Service is accessible within cluster";
const DISCOVERS: &str = "Scrape config discovers pods";
const INTERVAL: &str = "Scrape interval is configurable";

/// File, text, and what it becomes.
pub type Edit = (&'static str, &'static str, &'static str);

const fn breaks(
    what: &'static str,
    edits: &'static [Edit],
    (scenario, step): (&'static str, &'static str),
) -> Mutation {
    Mutation { what, edits, scenario, step, sooner: None }
}

/// Every mutation.
#[rustfmt::skip]
pub const MUTATIONS: &[Mutation] = &[
    // The database.
    breaks("two replicas", &[(STATEFULSET, "replicas: 1", "replicas: 2")], (STARTS, "there should be 1 replica")),
    breaks("a port that nobody listens on", &[(STATEFULSET, "containerPort: 8428", "containerPort: 8427")], (STARTS, "I check the StatefulSet status")),
    breaks("a health check of a path that is none", &[(HELPERS, "path: /health", "path: /healthy")], (STARTS, "I check the StatefulSet status")),
    breaks("data where nothing can be written", &[(STATEFULSET, "-storageDataPath=%v", "-storageDataPath=/data%v")], (STARTS, "I check the StatefulSet status")),
    breaks("root", &[(VALUES, "runAsUser: 65534", "runAsUser: 0")], (STARTS, "the Helm chart is installed")),
    breaks("a volume of another group", &[(VALUES, "fsGroup: 65534", "fsGroup: 1")], (STARTS, "I check the StatefulSet status")),
    breaks("an image that there is not", &[(VALUES, "repository: victoriametrics/victoria-metrics", "repository: victoriametrics/victoria")], (STARTS, "the Helm chart is installed")),
    breaks("half the claim", &[(CLAIM, "storage: {{ .Values.persistence.size | quote }}", "storage: 5Gi")], (STARTS, "a claim of 10Gi")),
    breaks("data in the pod", &[(STATEFULSET, "          persistentVolumeClaim:\n            claimName: {{ default (include \"victoriametrics.claim\" .) .Values.persistence.existingClaim | quote }}", "          emptyDir: {}")], (PERSISTS, "the test metric should still be queryable")),
    breaks("a claim that is not made", &[(CLAIM, "if and .Values.enabled", "if and false .Values.enabled")], (PERSISTS, "VictoriaMetrics is running")),
    breaks("a retention of its own", &[(STATEFULSET, "-retentionPeriod=%v\" (include \"victoriametrics.retention\" .Values.retention)", "-retentionPeriod=%v\" \"30d\"")], (RETENTION, "VictoriaMetrics should start with")),
    // The agents.
    breaks("one agent for all nodes", &[(DAEMONSET, "kind: DaemonSet", "kind: Deployment")], (NODES, "3 vmagent pods should be Running")),
    breaks("a queue that can't be written", &[(DAEMONSET, "-remoteWrite.tmpDataPath=/queue", "-remoteWrite.tmpDataPath=/nowhere")], (NODES, "I install the chart with vmagent enabled")),
    breaks("an agent that serves at another port", &[(DAEMONSET, "-httpListenAddr=:8429", "-httpListenAddr=:8430")], (NODES, "I install the chart with vmagent enabled")),
    breaks("an agent that asks for the pods of no node", &[(DAEMONSET, "fieldPath: spec.nodeName", "fieldPath: metadata.name")], (ANNOTATED, "orchestrator metrics appear")),
    breaks("metrics sent to another port", &[(DAEMONSET, "(.Values.service.port | int64) | quote", "8429 | quote")], (ANNOTATED, "orchestrator metrics appear")),
    breaks("an orchestrator without the annotation", &[("charts/orchestrator/templates/deployment.yaml", "prometheus.io/scrape: \"true\"", "prometheus.io/scrape: \"false\"")], (ANNOTATED, "orchestrator pod has prometheus.io/scrape")),
    breaks("no token", &[(DAEMONSET, "path: token\n                  exp", "path: tokens\n                  exp")], (ANNOTATED, "orchestrator metrics appear")),
    breaks("a policy that lets nobody in", &[(POLICY, "port: http", "port: https")], (ANNOTATED, "orchestrator metrics appear")),
    breaks("a policy that lets other pods in", &[(POLICY, "- podSelector: {}", "- podSelector: { matchLabels: { no: body } }")], (ANNOTATED, "orchestrator metrics appear")),
    // An agent that may not watch finds a pod late, if it asked before the pod was there.
    breaks("no right to watch", &[(ROLE, "verbs: [\"list\", \"watch\"]", "verbs: [\"list\"]")], (ANNOTATED, "the agents asked the Kubernetes API")).sooner("orchestrator metrics appear in VictoriaMetrics"),
    breaks("a right that nobody asked for", &[(ROLE, "resources: [\"pods\"]", "resources: [\"pods\", \"secrets\"]")], (ANNOTATED, "the agents asked the Kubernetes API")),
    breaks("rights for another account", &[(BINDING, "name: {{ include \"victoriametrics.serviceAccountName\" $ }}", "name: default")], (ANNOTATED, "vmagent runs for 30 seconds")),
    breaks("every agent scrapes every pod", &[(HELPERS, "          field: \"spec.nodeName=%{NODE_NAME}\"\n", "          field: \"status.phase=Running\"\n")], (ONCE, "each was scraped by the agent of its node")),
    breaks("a Job's pods are a service's", &[(HELPERS, "orchestrator;(|[^J].*|J|J[^o].*|Jo|Jo[^b].*|Job.+)\"", "orchestrator;.*\"")], (ONCE, "each was scraped by the agent of its node")),
    breaks("a named service is scraped by two jobs", &[(HELPERS, "orchestrator;(|[^J].*|J|J[^o].*|Jo|Jo[^b].*|Job.+);.*:8080", "nobody;(|[^J].*|J|J[^o].*|Jo|Jo[^b].*|Job.+);.*:8080")], (ONCE, "each was scraped by the agent of its node")),
    breaks("UDP ports are scraped", &[(HELPERS, "(UDP|SCTP)", "(SCTP)")], (ONCE, "each was scraped by the agent of its node")),
    breaks("a queue in memory", &[(DAEMONSET, "-remoteWrite.tmpDataPath=/queue", "-remoteWrite.tmpDataPath=/dev/shm")], (LOST, "every sample that was scraped")),
    breaks("too little memory", &[(VALUES, "memory: \"128Mi\"", "memory: \"16Mi\"")], (MEMORY, "vmagent is running")),
    // The chart.
    breaks("a template that does not parse", &[(SERVICE, "{{- end }}", "{{- ends }}")], (RENDERS, "I run helm template dox-asdlc")),
    breaks("another version of the subchart", &[("charts/victoriametrics/Chart.yaml", "version: \"0.1.0\"", "version: \"0.2.0\"")], (RENDERS, "the chart should follow the project's conventions")),
    breaks("an image of another release", &[(STATEFULSET, "(include \"victoriametrics.server.image.tag\" .)", "\"v1.106.0\"")], (RENDERS, "the chart should follow the project's conventions")),
    breaks("a Service that can't be switched off", &[(SERVICE, "if .Values.enabled", "if true"), ("Chart.yaml", "condition: victoriametrics.enabled", "condition: victoriametrics.wanted")], (DISABLED, "no VictoriaMetrics resources")),
    breaks("a claim of one size", &[(CLAIM, "storage: {{ .Values.persistence.size | quote }}", "storage: 10Gi")], (CUSTOM, "the PVC should request 50Gi")),
    // The Service, and what is scraped.
    breaks("another port of the Service", &[(SERVICE, "port: {{ .Values.service.port | int64 }}", "port: 8429")], (ACCESSIBLE, "I can reach")),
    breaks("a target port that no pod has", &[(SERVICE, "targetPort: http", "targetPort: web")], (ACCESSIBLE, "I can reach")),
    breaks("a selector of other pods", &[(SERVICE, "selector:\n    {{- include \"victoriametrics.selectorLabels\" (dict \"root\" . \"component\" \"server\")", "selector:\n    {{- include \"victoriametrics.selectorLabels\" (dict \"root\" . \"component\" \"store\")")], (ACCESSIBLE, "I can reach")),
    breaks("another name of the Service", &[("values.yaml", "name: metrics-store", "name: metrics")], (ACCESSIBLE, "I can reach")),
    breaks("another annotation", &[(HELPERS, "annotation_prometheus_io_scrape", "annotation_prometheus_io_scraped")], (DISCOVERS, "targets should appear")),
    breaks("no annotation is needed", &[(HELPERS, "        - __meta_kubernetes_pod_annotation_prometheus_io_scrape\n      regex: \"true\"", "        - __meta_kubernetes_pod_annotation_prometheus_io_scrape\n      regex: \".*\"")], (DISCOVERS, "pods without the annotation should not")),
    breaks("an interval of its own", &[(HELPERS, "scrape_interval: {{", "scrape_interval: 15s #")], (INTERVAL, "scrape_interval should be 30s")),
    // Compose.
    breaks("no service", &[(COMPOSE, "  victoriametrics:\n    image", "  metrics:\n    image")], (UP, "docker-compose.yml includes victoriametrics")),
    breaks("a health check at another port", &[(COMPOSE, "http://127.0.0.1:8428/health", "http://127.0.0.1:8429/health")], (UP, "the container should reach healthy state")),
    breaks("another port on the host", &[(COMPOSE, "127.0.0.1:8428:8428", "127.0.0.1:8429:8428")], (UP, "http://localhost:8428/health")),
    breaks("a port that is open to all", &[(COMPOSE, "127.0.0.1:8428:8428", "8428:8428")], (UP, "http://localhost:8428/health")),
    breaks("an image that is not the official one", &[(COMPOSE, "image: \"victoriametrics/victoria-metrics:v1.106.1\"", "image: \"somebody/victoria-metrics:v1.106.1\"")], (UP, "I run docker-compose up")),
    breaks("a health check that always passes", &[(COMPOSE, "        - CMD\n        - wget\n        - \"-q\"\n        - \"-O\"\n        - /dev/null\n        - \"http://127.0.0.1:8428/health\"\n", "        - CMD\n        - id\n")], (UP, "the health check should fail")),
    breaks("no volume", &[(COMPOSE, "      - type: volume\n        source: victoriametrics-data\n        target: /storage\n", "      - type: tmpfs\n        target: /storage\n")], (VOLUME, "the test metric should still exist")),
    breaks("another network", &[(COMPOSE, "      asdlc-network:\n        aliases:\n          - metrics-store\n", "      default: {}\n")], (CONNECTIVITY, "I can curl")),
];
