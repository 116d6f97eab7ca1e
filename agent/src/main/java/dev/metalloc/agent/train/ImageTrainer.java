// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.train;

import dev.metalloc.agent.AgentMode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import net.bytebuddy.jar.asm.ClassReader;
import org.jspecify.annotations.Nullable;

/** Makes the prepared image for the JDK it runs on, from the JDK's own class files and the agent's jar. */
public final class ImageTrainer {

    private static final String RUNTIME_FOLDER = "jdk/internal/foreign/";
    private static final String VISIBLE_FOLDER = "java/lang/foreign/";
    private static final String BUFFER_FOLDER = "java/nio/";

    /** What defines classes; run mode's hooks, and what they, the plan and the exit line touch before memory is asked for. */
    private static final Set<String> RUN_MODE_START = Set.of(
            RUNTIME_FOLDER + "MetallocJdkAccess",
            RUNTIME_FOLDER + "MetallocInternalAccess",
            RUNTIME_FOLDER + "MetallocRunHooks",
            RUNTIME_FOLDER + "MetallocArenaHooks",
            RUNTIME_FOLDER + "MetallocDowncallHooks",
            RUNTIME_FOLDER + "MetallocDirectHooks",
            RUNTIME_FOLDER + "MetallocSiteHooks",
            VISIBLE_FOLDER + "MetallocUnsafeHooks",
            VISIBLE_FOLDER + "MetallocNettyBuffers",
            VISIBLE_FOLDER + "MetallocArrowBuffers",
            RUNTIME_FOLDER + "MetallocNettyHooks",
            RUNTIME_FOLDER + "MetallocLibraryDefault",
            RUNTIME_FOLDER + "MetallocOtherAgents",
            RUNTIME_FOLDER + "MetallocExitWork",
            RUNTIME_FOLDER + "MetallocPlannedPlaces",
            RUNTIME_FOLDER + "MetallocPlannedStart",
            RUNTIME_FOLDER + "MetallocPlannedStart$Farewell",
            RUNTIME_FOLDER + "MetallocPlan",
            RUNTIME_FOLDER + "MetallocPlanFormat",
            RUNTIME_FOLDER + "MetallocPlanFormatException",
            RUNTIME_FOLDER + "MetallocPlanReader",
            RUNTIME_FOLDER + "MetallocPlanRule",
            RUNTIME_FOLDER + "MetallocPlanText",
            RUNTIME_FOLDER + "MetallocExpectedUse",
            RUNTIME_FOLDER + "MetallocPendingSites",
            VISIBLE_FOLDER + "MetallocSites",
            BUFFER_FOLDER + "MetallocBits",
            RUNTIME_FOLDER + "MetallocRunState",
            RUNTIME_FOLDER + "MetallocStartGate",
            RUNTIME_FOLDER + "MetallocFailsafe",
            RUNTIME_FOLDER + "MetallocEntryPoint",
            RUNTIME_FOLDER + "MetallocAllocatorSpec");

    /** Comes last: whoever defines the classes is given an instance. */
    private static final String RUN_MODE_LAST = RUNTIME_FOLDER + "MetallocQuickRun";

    private static final String AGENT_FOLDER = "dev/metalloc/agent/";
    private static final String AGENT = AGENT_FOLDER + "MetallocAgent";

    /** Where classes of the agent itself name what profile mode needs of the runtime, and what run mode does. */
    private static final Set<String> PROFILE_MODE = Set.of(
            RUNTIME_FOLDER + "MetallocProfileHooks",
            RUNTIME_FOLDER + "MetallocBufferRecords",
            AGENT_FOLDER + "ProfileSession",
            AGENT_FOLDER + "ProfileStart");

    private static final Set<String> RUN_MODE = Set.of(AGENT_FOLDER + "RunSession", AGENT_FOLDER + "LateStart");

    private static final String PROFILE_MODE_LAST = RUNTIME_FOLDER + "MetallocInternalAccess";

    private ImageTrainer() {}

    /**
     * Makes the image.
     *
     * @throws IOException where the agent's jar cannot be read or lacks the runtime
     */
    public static PreparedImage train(AgentMode mode, String key, Path agentJar) throws IOException {
        List<HookGroup> missing = new ArrayList<>();
        List<PreparedImage.HookedClassFile> hooked = hookedClasses(mode, missing);
        List<PreparedImage.ClassFile> start = new ArrayList<>();
        List<PreparedImage.ClassFile> later = new ArrayList<>();
        String lastName = mode == AgentMode.RUN ? RUN_MODE_LAST : PROFILE_MODE_LAST;
        PreparedImage.ClassFile last = null;
        Map<String, byte[]> classFiles = classFiles(agentJar);
        if (mode == AgentMode.RUN) {
            classFiles.keySet().removeAll(profileModeOnly(classFiles));
        }
        for (PreparedImage.ClassFile each : runtimeClasses(classFiles)) {
            boolean atStart = mode != AgentMode.RUN || RUN_MODE_START.contains(each.name());
            if (each.name().equals(lastName)) {
                last = each;
            } else {
                (atStart ? start : later).add(each);
            }
        }
        if (last == null) {
            throw new IOException(agentJar + " lacks " + lastName + " (build the agent's jar again)");
        }
        start.add(last);
        return new PreparedImage(key, gate(), start, () -> later, hooked, missing);
    }

    private static PreparedImage.GateClassFiles gate() throws IOException {
        byte[] closed = jdkClassFile(GateWeaver.GATE_CLASS);
        byte[] open = closed == null ? null : GateWeaver.weave(closed);
        if (closed == null || open == null) {
            throw new IOException("this JDK's " + GateWeaver.GATE_CLASS + " has an unknown shape");
        }
        return new PreparedImage.GateClassFiles(open, closed);
    }

    /**
     * Hooks a class as it is loaded now, where another agent changed it before us.
     *
     * @return null where a hook finds no place in it
     */
    public static byte @Nullable [] weave(AgentMode mode, String className, byte[] classFile) {
        return HookWeaver.weave(
                classFile, hooksByClass(mode).getOrDefault(className, List.of()), HookTable.hookClass(mode, className));
    }

    private static Map<String, List<Hook>> hooksByClass(AgentMode mode) {
        Map<String, List<Hook>> hooks = new LinkedHashMap<>();
        for (Hook hook : HookTable.hooks(mode)) {
            List<Hook> ofClass = hooks.get(hook.className());
            if (ofClass == null) {
                ofClass = new ArrayList<>();
                hooks.put(hook.className(), ofClass);
            }
            ofClass.add(hook);
        }
        return hooks;
    }

    private static List<PreparedImage.HookedClassFile> hookedClasses(AgentMode mode, List<HookGroup> missing) {
        List<PreparedImage.HookedClassFile> woven = new ArrayList<>();
        Set<HookGroup> unknown = new LinkedHashSet<>();
        for (Map.Entry<String, List<Hook>> entry : hooksByClass(mode).entrySet()) {
            HookGroup group = entry.getValue().get(0).group();
            byte[] original = jdkClassFile(entry.getKey());
            byte[] bytes = original == null
                    ? null
                    : HookWeaver.weave(original, entry.getValue(), HookTable.hookClass(mode, entry.getKey()));
            if (original == null || bytes == null) {
                unknown.add(group);
            } else {
                woven.add(new PreparedImage.HookedClassFile(group, entry.getKey(), original.length, bytes));
            }
        }
        List<PreparedImage.HookedClassFile> whole = new ArrayList<>();
        for (PreparedImage.HookedClassFile candidate : woven) {
            if (!unknown.contains(candidate.group())) {
                whole.add(candidate);
            }
        }
        missing.addAll(unknown);
        return whole;
    }

    private static byte @Nullable [] jdkClassFile(String className) {
        for (String moduleName : new String[] {"java.base", "jdk.unsupported"}) {
            Optional<Module> module = ModuleLayer.boot().findModule(moduleName);
            if (module.isEmpty()) {
                continue;
            }
            try (InputStream in = module.get().getResourceAsStream(className + ".class")) {
                if (in != null) {
                    return in.readAllBytes();
                }
            } catch (IOException e) {
                return null;
            }
        }
        return null;
    }

    /** All of the agent's and of the runtime; a third of the latter is for profile mode alone. */
    private static Map<String, byte[]> classFiles(Path agentJar) throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        try (JarFile jar = new JarFile(agentJar.toFile(), false)) {
            for (Enumeration<JarEntry> entries = jar.entries(); entries.hasMoreElements(); ) {
                JarEntry entry = entries.nextElement();
                String name = entry.getName();
                if (name.endsWith(".class") && (isRuntime(name) || name.startsWith(AGENT_FOLDER))) {
                    try (InputStream in = jar.getInputStream(entry)) {
                        files.put(name.substring(0, name.length() - ".class".length()), in.readAllBytes());
                    }
                }
            }
        }
        return files;
    }

    private static boolean isRuntime(String name) {
        return name.startsWith(RUNTIME_FOLDER) || name.startsWith(VISIBLE_FOLDER) || name.startsWith(BUFFER_FOLDER);
    }

    private static Set<String> profileModeOnly(Map<String, byte[]> classFiles) {
        ClassReferences references = new ClassReferences(classFiles, AGENT);
        Set<String> runMode = new HashSet<>(RUN_MODE_START);
        runMode.add(RUN_MODE_LAST);
        runMode.addAll(RUN_MODE);
        Set<String> only = references.from(PROFILE_MODE);
        only.removeAll(references.from(runMode));
        return only;
    }

    private static List<PreparedImage.ClassFile> runtimeClasses(Map<String, byte[]> classFiles) {
        List<PreparedImage.ClassFile> ordered = new ArrayList<>();
        Map<String, Boolean> visited = new HashMap<>();
        for (String name : classFiles.keySet()) {
            if (isRuntime(name)) {
                addAfterParents(name, classFiles, visited, ordered);
            }
        }
        return ordered;
    }

    private static void addAfterParents(
            String name,
            Map<String, byte[]> files,
            Map<String, Boolean> visited,
            List<PreparedImage.ClassFile> ordered) {
        byte[] bytes = files.get(name);
        if (bytes == null || visited.put(name, Boolean.TRUE) != null) {
            return;
        }
        ClassReader reader = new ClassReader(bytes);
        if (!files.containsKey(reader.getSuperName()) && !isInJdk(reader.getSuperName())) {
            return; // a JDK of another shape: the hook that calls it finds no place either
        }
        addAfterParents(reader.getSuperName(), files, visited, ordered);
        for (String parent : reader.getInterfaces()) {
            addAfterParents(parent, files, visited, ordered);
        }
        ordered.add(new PreparedImage.ClassFile(name, bytes));
    }

    private static boolean isInJdk(String className) {
        try {
            Class.forName(className.replace('/', '.'), false, null);
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }
}
