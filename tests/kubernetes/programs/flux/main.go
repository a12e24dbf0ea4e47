// flux-drift NAMESPACE: reads objects, as a release's manifest has them, and says what Flux would find changed in
// the cluster: its own engine for differences, as its Helm controller calls it. Exits with 1 if there is any.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/fluxcd/pkg/ssa/jsondiff"
	"github.com/fluxcd/pkg/ssa/normalize"
	"github.com/fluxcd/pkg/ssa/utils"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/klog/v2"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/log"
)

func drift(namespace string) (int, error) {
	log.SetLogger(klog.Background())
	config, err := clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG"))
	if err != nil {
		return 0, err
	}
	cluster, err := client.New(config, client.Options{})
	if err != nil {
		return 0, err
	}
	objects, err := utils.ReadObjects(os.Stdin)
	if err != nil {
		return 0, err
	}
	if len(objects) == 0 {
		return 0, fmt.Errorf("no objects to compare")
	}
	for _, object := range objects {
		namespaced, err := cluster.IsObjectNamespaced(object)
		if err != nil {
			return 0, err
		}
		if namespaced && object.GetNamespace() == "" {
			object.SetNamespace(namespace)
		}
	}
	if err := normalize.UnstructuredList(objects); err != nil {
		return 0, err
	}
	found, err := jsondiff.UnstructuredList(context.Background(), cluster, objects, jsondiff.FieldOwner("helm-controller"))
	changed := 0
	for _, diff := range found {
		if diff.Type != jsondiff.DiffTypeNone {
			changed++
			fmt.Printf("%s %s: %s %s\n", diff.DesiredObject.GetObjectKind().GroupVersionKind().Kind, diff.GetName(), diff.Type, diff.Patch)
		}
	}
	return changed, err
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: flux-drift NAMESPACE <OBJECTS")
		os.Exit(2)
	}
	changed, err := drift(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	if err != nil || changed > 0 {
		os.Exit(1)
	}
}
