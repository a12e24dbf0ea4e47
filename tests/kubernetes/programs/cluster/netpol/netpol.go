// Package netpol enforces the network policies of one node. The program of kube-network-policies itself runs
// only in a pod.
package netpol

import (
	"github.com/spf13/cobra"
	"k8s.io/apiserver/pkg/server"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/kube-network-policies/pkg/networkpolicy"
)

// The number of the queue that the kernel puts new connections into.
const queue = 100

// NewCommand returns the command `--kubeconfig FILE --node NAME`.
func NewCommand() *cobra.Command {
	command := &cobra.Command{Use: "kube-network-policies"}
	kubeconfig := command.Flags().String("kubeconfig", "", "how to reach the API server")
	node := command.Flags().String("node", "", "name of the node")
	command.RunE = func(*cobra.Command, []string) error {
		config, err := clientcmd.BuildConfigFromFlags("", *kubeconfig)
		if err != nil {
			return err
		}
		client, err := kubernetes.NewForConfig(config)
		if err != nil {
			return err
		}
		known := informers.NewSharedInformerFactory(client, 0)
		core, policies := known.Core().V1(), known.Networking().V1().NetworkPolicies()
		controller, err := networkpolicy.NewController(client, policies, core.Namespaces(), core.Pods(),
			nil, nil, nil, nil, networkpolicy.Config{QueueID: queue, NodeName: *node})
		if err != nil {
			return err
		}
		ctx := server.SetupSignalContext()
		known.Start(ctx.Done())
		return controller.Run(ctx)
	}
	return command
}
