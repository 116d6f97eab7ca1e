// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.LocationProvider;
import com.tngtech.archunit.lang.ArchRule;
import dev.metalloc.profiler.api.EntryPoint;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The arrows between modules point one way, strategies do not know each other, restricted methods stay in few hands. */
@AnalyzeClasses(locations = ArchitectureTest.Modules.class)
class ArchitectureTest {

    /** What each module compiled, instead of the class path, on which the agent's jar has relocated copies. */
    static final class Modules implements LocationProvider {
        @Override
        public Set<Location> get(Class<?> testClass) {
            return Stream.of(
                            "allocators",
                            "profiler",
                            "policy-db",
                            "classifier",
                            "replay",
                            "agent",
                            "launcher",
                            "benchmarks")
                    .map(module -> Path.of("..", module, "target", "classes"))
                    .map(Location::of)
                    .collect(Collectors.toSet());
        }
    }

    private static final String AGENT = "dev.metalloc.agent..";

    /** The agent's hooks, which are defined into this package of the JDK. */
    private static final String HOOKS = "jdk.internal.foreign..";
    /** Hooks that need a package of their own in the JDK: of what is imported here only ours are in these. */
    private static final String BUFFER_HOOKS = "java.nio..";

    private static final String NETTY_HOOKS = "java.lang.foreign..";

    private static final String HOOKS_PREFIX = "Metalloc";

    /** Left out when packaging: the JDK's package has its own. */
    private static final Set<String> REPLACED = Set.of("OwnerThread", "RawAccess");

    private static final String JDK = "java..";
    private static final String JDK_INTERNAL = "jdk..";
    private static final String NULLNESS = "org.jspecify..";
    private static final String HISTOGRAM = "org.HdrHistogram..";

    @ArchTest
    static final ArchRule allocatorsKnowOnlyTheJdk = classes()
            .that()
            .resideInAPackage("dev.metalloc.allocators..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("dev.metalloc.allocators..", JDK, JDK_INTERNAL, NULLNESS);

    @ArchTest
    static final ArchRule profilerKnowsOnlyTheJdkAndHistograms = classes()
            .that()
            .resideInAPackage("dev.metalloc.profiler..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("dev.metalloc.profiler..", JDK, JDK_INTERNAL, NULLNESS, HISTOGRAM);

    @ArchTest
    static final ArchRule recordingReachesNothingHeavy = classes()
            .that()
            .resideInAPackage("dev.metalloc.profiler.record..")
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage("dev.metalloc.profiler.record..", JDK, JDK_INTERNAL, NULLNESS)
                    .or(equivalentTo(EntryPoint.class)));

    @ArchTest
    static final ArchRule policyKnowsTheContractsOnly = noClasses()
            .that()
            .resideInAPackage("dev.metalloc.policy..")
            .should()
            .dependOnClassesThat(
                    metallocOutside("dev.metalloc.policy", "dev.metalloc.profiler.api", "dev.metalloc.allocators.api"));

    @ArchTest
    static final ArchRule planNeedsOnlyTheJdk = classes()
            .that()
            .resideInAPackage("dev.metalloc.policy.plan..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "dev.metalloc.policy.plan..",
                    "dev.metalloc.profiler.api..",
                    "dev.metalloc.allocators.api..",
                    JDK,
                    NULLNESS);

    @ArchTest
    static final ArchRule classifierKnowsTheContractsOnly = noClasses()
            .that()
            .resideInAPackage("dev.metalloc.classifier..")
            .should()
            .dependOnClassesThat(metallocOutside(
                    "dev.metalloc.classifier", "dev.metalloc.profiler.api", "dev.metalloc.allocators.api"));

    @ArchTest
    static final ArchRule agentKnowsOfPoliciesOnlyThePlan = noClasses()
            .that()
            .resideInAnyPackage(AGENT, HOOKS)
            .should()
            .dependOnClassesThat(metallocOutside(
                    "dev.metalloc.agent",
                    "dev.metalloc.policy.plan",
                    "dev.metalloc.profiler",
                    "dev.metalloc.allocators"));

    @ArchTest
    static final ArchRule onlyTheLauncherKnowsTheReplay = noClasses()
            .that()
            .resideOutsideOfPackages("dev.metalloc.replay..", "dev.metalloc.launcher..", "dev.metalloc.bench..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.metalloc.replay..");

    @ArchTest
    static final ArchRule nobodyKnowsTheTopModules = noClasses()
            .that()
            .resideOutsideOfPackages(
                    AGENT, HOOKS, BUFFER_HOOKS, NETTY_HOOKS, "dev.metalloc.launcher..", "dev.metalloc.bench..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(AGENT, "dev.metalloc.launcher..", "dev.metalloc.bench..");

    @ArchTest
    static final ArchRule launcherShipsTheAgentAsAFile = noClasses()
            .that()
            .resideInAPackage("dev.metalloc.launcher..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(AGENT, "dev.metalloc.bench..");

    @ArchTest
    static final ArchRule strategiesDoNotKnowEachOther = slices().matching(
                    "dev.metalloc.allocators.(bump|slab|buddy|segregated)..")
            .should()
            .notDependOnEachOther();

    @ArchTest
    static final ArchRule restrictedMethodsStayInFewHands = noClasses()
            .that()
            .resideOutsideOfPackages(
                    "dev.metalloc.allocators.source..",
                    "dev.metalloc.replay.loop..",
                    AGENT,
                    HOOKS,
                    "dev.metalloc.bench..")
            .should()
            .callMethodWhere(restricted());

    /** Packaging moves all of these into one package of the JDK, where the one that comes last would take the place of the others. */
    @ArchTest
    static void classesInTheJdkHaveNamesOfTheirOwn(JavaClasses all) {
        Map<String, String> names = new TreeMap<>();
        for (JavaClass each : all) {
            if (isMovedIntoTheJdk(each)) {
                String flat = HOOKS_PREFIX
                        + each.getName().substring(each.getPackageName().length() + 1);
                assertNull(names.put(flat, each.getName()), () -> flat + " is also " + each.getName());
            } else if (each.getName().startsWith("jdk.internal.foreign.")) {
                String name = each.getName().substring("jdk.internal.foreign.".length());
                assertNull(names.put(name, each.getName()), () -> name + " is also a hook's");
            }
        }
        assertTrue(names.containsKey("MetallocSlab"), "the allocators are among them");
        assertTrue(names.containsKey("MetallocRunHooks"), "the hooks are among them");
    }

    private static boolean isMovedIntoTheJdk(JavaClass type) {
        String name = type.getPackageName();
        return !type.getSimpleName().equals("package-info")
                && !REPLACED.contains(type.getSimpleName())
                && Stream.of(
                                "dev.metalloc.allocators",
                                "dev.metalloc.profiler.record",
                                "dev.metalloc.policy.plan",
                                "dev.metalloc.agent.runtime")
                        .anyMatch(root -> within(name, root));
    }

    private static DescribedPredicate<JavaClass> metallocOutside(String... allowed) {
        return describe("are Metalloc's, outside of " + String.join(", ", allowed), type -> {
            String name = type.getPackageName();
            return within(name, "dev.metalloc") && Set.of(allowed).stream().noneMatch(each -> within(name, each));
        });
    }

    private static boolean within(String packageName, String root) {
        return packageName.equals(root) || packageName.startsWith(root + ".");
    }

    private static DescribedPredicate<JavaCall<?>> restricted() {
        return describe("the method is a restricted one of the foreign function interface", call -> {
            String name = call.getName();
            JavaClass owner = call.getTargetOwner();
            return owner.isEquivalentTo(Linker.class)
                    || (owner.isEquivalentTo(MemorySegment.class) && name.equals("reinterpret"))
                    || (owner.isEquivalentTo(SymbolLookup.class) && name.equals("libraryLookup"));
        });
    }
}
