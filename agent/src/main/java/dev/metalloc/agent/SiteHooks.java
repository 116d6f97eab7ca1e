// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import dev.metalloc.agent.train.SiteCalls;
import dev.metalloc.agent.train.SiteWeaver;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.security.ProtectionDomain;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Numbers the calls of the methods that a plan tells apart, as their classes are loaded.
 *
 * <p>A transformer is asked about every class that is loaded, which costs some 15 microseconds each: there is none unless the plan has
 * rules for sites, and it looks into no class that these do not name.
 */
final class SiteHooks implements ClassFileTransformer {

    private final Map<String, SiteCalls> calls;
    private final Set<String> numbered = ConcurrentHashMap.newKeySet();

    private SiteHooks(Map<String, SiteCalls> calls) {
        this.calls = calls;
    }

    /** To be called when the runtime's part for sites is defined. */
    static SiteHooks install(Instrumentation instrumentation, SitePlan sites) {
        SiteHooks hooks = new SiteHooks(sites.callsByClass());
        instrumentation.addTransformer(hooks, false);
        return hooks;
    }

    /** Classes of the plan's sites in which no call was found, or which were not loaded; with dots. */
    List<String> missingClasses() {
        List<String> missing = new ArrayList<>();
        for (String className : calls.keySet()) {
            if (!numbered.contains(className)) {
                missing.add(className.replace('/', '.'));
            }
        }
        return missing;
    }

    @Override
    public byte @Nullable [] transform(
            @Nullable ClassLoader loader,
            @Nullable String className,
            @Nullable Class<?> redefined,
            @Nullable ProtectionDomain domain,
            byte[] classFile) {
        SiteCalls wanted = className == null || redefined != null ? null : calls.get(className);
        if (wanted == null || className == null) {
            return null;
        }
        try {
            byte[] bytes = SiteWeaver.weave(classFile, wanted);
            if (bytes != null) {
                numbered.add(className);
            }
            return bytes;
        } catch (RuntimeException unreadable) {
            // A class file of a newer version than the reader knows: its calls are served as any other.
            return null;
        }
    }
}
