Feature: US-2: Deploy vmagent DaemonSet
  As a DevOps engineer
  I want vmagent deployed as a DaemonSet
  So that all pods in the cluster have their /metrics endpoints scraped

  1. DaemonSet deploys one vmagent pod per node
  2. vmagent has RBAC permissions to discover pods and endpoints
  3. Scrape configuration targets pods with prometheus.io/scrape annotation
  4. Scraped metrics are pushed to VictoriaMetrics via remote write
  5. vmagent resource usage is minimal (under 128Mi memory)

  Scenario: vmagent pod runs on each node
    Given a 3-node Kubernetes cluster
    When I install the chart with vmagent enabled
    Then 3 vmagent pods should be Running
    And there should be one on each node, Ready within 60 seconds

  Scenario: vmagent scrapes annotated pods
    Given orchestrator pod has prometheus.io/scrape: "true"
    When vmagent runs for 30 seconds
    Then orchestrator metrics appear in VictoriaMetrics
    And they came through http://metrics-store:8428
    And the agents asked the Kubernetes API for nothing that they may not, and may do nothing that they did not ask

  Scenario: Every annotated endpoint is scraped once
    Given a scrape interval of 5s
    And pods of many kinds run on each node
    When every annotated endpoint has been scraped twice
    Then each was scraped by the agent of its node and by no other
    And no other endpoint was scraped
    When pods come, go, change their address and lose their annotation
    Then each was scraped by the agent of its node and by no other
    And no other endpoint was scraped

  Scenario: Nothing is lost while the server is away
    Given a scrape interval of 5s
    And vmagent is running
    And pods of many kinds run on each node
    When the server is away for a minute and an agent is restarted meanwhile
    Then every sample that was scraped should be queryable

  Scenario: vmagent has minimal resource usage
    Given vmagent is running
    And 100 pods with 1000 series each run on each node
    When I check resource consumption
    Then memory usage should be under 128Mi
    And no agent was restarted
