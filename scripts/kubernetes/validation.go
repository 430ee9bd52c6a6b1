// Says of each object in a JSON list on standard input whether Kubernetes' own code takes it: decoding, defaults, validation and, for
// pods, Pod Security "restricted". One line for each: "ok", or what is wrong.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"k8s.io/kubernetes/pkg/apis/core"
	_ "k8s.io/kubernetes/pkg/apis/core/install"
	corevalidation "k8s.io/kubernetes/pkg/apis/core/validation"
	"k8s.io/kubernetes/pkg/apis/networking"
	_ "k8s.io/kubernetes/pkg/apis/networking/install"
	networkvalidation "k8s.io/kubernetes/pkg/apis/networking/validation"
	"k8s.io/kubernetes/pkg/apis/rbac"
	_ "k8s.io/kubernetes/pkg/apis/rbac/install"
	rbacvalidation "k8s.io/kubernetes/pkg/apis/rbac/validation"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

func main() {
	var items []json.RawMessage
	if err := json.NewDecoder(os.Stdin).Decode(&items); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks())
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	for _, item := range items {
		problems := append(validate(item), insecure(item, evaluator)...)
		if len(problems) == 0 {
			problems = []string{"ok"}
		}
		fmt.Println(strings.ReplaceAll(strings.Join(problems, "; "), "\n", " "))
	}
}

func validate(item []byte) []string {
	object, _, err := legacyscheme.Codecs.UniversalDecoder().Decode(item, nil, nil)
	if err != nil {
		return []string{err.Error()}
	}
	legacyscheme.Scheme.Default(object)
	var errors field.ErrorList
	switch o := object.(type) {
	case *core.Pod:
		errors = corevalidation.ValidatePodCreate(o, corevalidation.PodValidationOptions{})
	case *core.Namespace:
		errors = corevalidation.ValidateNamespace(o)
	case *core.ResourceQuota:
		errors = corevalidation.ValidateResourceQuota(o)
	case *core.LimitRange:
		errors = corevalidation.ValidateLimitRange(o)
	case *core.PersistentVolumeClaim:
		errors = corevalidation.ValidatePersistentVolumeClaim(o, corevalidation.PersistentVolumeClaimSpecValidationOptions{})
	case *core.ServiceAccount:
		errors = corevalidation.ValidateServiceAccount(o)
	case *networking.NetworkPolicy:
		errors = networkvalidation.ValidateNetworkPolicy(o, networkvalidation.NetworkPolicyValidationOptions{})
	case *rbac.RoleBinding:
		errors = rbacvalidation.ValidateRoleBinding(o)
	case *rbac.ClusterRole:
		errors = rbacvalidation.ValidateClusterRole(o, rbacvalidation.ClusterRoleValidationOptions{})
	case *rbac.ClusterRoleBinding:
		errors = rbacvalidation.ValidateClusterRoleBinding(o)
	default:
		return []string{fmt.Sprintf("%T is not validated here", o)}
	}
	problems := []string{}
	for _, problem := range errors {
		problems = append(problems, problem.Error())
	}
	return problems
}

func insecure(item []byte, evaluator policy.Evaluator) []string {
	var pod corev1.Pod
	if err := json.Unmarshal(item, &pod); err != nil || pod.Kind != "Pod" {
		return nil
	}
	level := api.LevelVersion{Level: api.LevelRestricted, Version: api.LatestVersion()}
	problems := []string{}
	for _, result := range evaluator.EvaluatePod(level, &pod.ObjectMeta, &pod.Spec) {
		if !result.Allowed {
			problems = append(problems, "PodSecurity: "+result.ForbiddenReason+" "+result.ForbiddenDetail)
		}
	}
	return problems
}
