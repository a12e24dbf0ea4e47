Feature: US-5: Expose Service and Configure Scrape Targets
  As a DevOps engineer
  I want VictoriaMetrics exposed via ClusterIP service with scrape configuration
  So that pods can push metrics and vmagent knows what to scrape

  1. ClusterIP service named "metrics-store" exposes port 8428
  2. ConfigMap contains vmagent scrape configuration
  3. Scrape config uses kubernetes_sd_configs for pod discovery
  4. Relabeling keeps only pods with prometheus.io/scrape annotation
  5. Default scrape interval is 15s (configurable)

  Scenario: Service is accessible within cluster
    Given VictoriaMetrics is deployed
    When I exec into any pod in the namespace
    Then I can reach http://metrics-store:8428/health
    And the Service should be a ClusterIP of port 8428

  Scenario: Scrape config discovers pods
    Given pods have prometheus.io/scrape: "true" annotation
    When vmagent reloads configuration
    Then targets should appear in vmagent /targets endpoint
    And pods without the annotation should not

  Scenario: Scrape interval is configurable
    Given I set scrape.interval to "30s"
    When I render the ConfigMap
    Then scrape_interval should be 30s
    And without it, it should be 15s
