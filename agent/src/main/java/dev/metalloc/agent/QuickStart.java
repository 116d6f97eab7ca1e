// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import dev.metalloc.agent.train.ImageParts;
import java.io.File;
import java.io.IOException;
import java.lang.instrument.ClassDefinition;
import java.lang.instrument.Instrumentation;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The short way into run mode, for a start whose classes are prepared, with no other agent and no rules for sites.
 *
 * <p>It costs some ten milliseconds less than the long one: no package is exported, and hardly a class of the agent's jar is loaded,
 * verified and linked. Whatever it does not know, it leaves to the long way, which says what there is to say.
 */
final class QuickStart {

    /** Nothing was done. */
    static final int LONG_WAY = 0;
    /** The classes that a start needs are defined, and no more. */
    static final int LONG_WAY_FROM_DEFINED = 1;

    static final int STARTED = 2;

    private static final String START_JAR = "-start.jar";

    private final Instrumentation instrumentation;
    private final AgentOptions options;
    private final File imageFile;
    private final List<String> groups = new ArrayList<>();
    private final List<String> names = new ArrayList<>();
    private final List<byte[]> hooked = new ArrayList<>();

    private QuickStart(Instrumentation instrumentation, AgentOptions options, File imageFile) {
        this.instrumentation = instrumentation;
        this.options = options;
        this.imageFile = imageFile;
    }

    /** One of the three constants. */
    static int start(@Nullable String arguments, Instrumentation instrumentation) {
        if (arguments == null || !arguments.startsWith("run,")) {
            return LONG_WAY;
        }
        try {
            AgentOptions options = AgentOptions.parse(arguments);
            Path cache = options.path("cache");
            String jar = agentJar();
            if (cache == null || jar.indexOf('%') >= 0 || Gate.isPassed()) {
                return LONG_WAY;
            }
            String key = ImageKey.of(AgentMode.RUN, new File(jar));
            File file = new File(cache.toString(), ImageKey.fileName(AgentMode.RUN, key));
            ByteBuffer image = file.isFile() ? ImageParts.start(file, key) : null;
            return image == null ? LONG_WAY : new QuickStart(instrumentation, options, file).start(image);
        } catch (Exception e) {
            return LONG_WAY;
        }
    }

    /** The jar with all of the agent, which stands beside the one for starts; percent-encoded. */
    private static String agentJar() {
        String jar = QuickStart.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath();
        return jar.endsWith(START_JAR) ? jar.substring(0, jar.length() - START_JAR.length()) + ".jar" : jar;
    }

    @SuppressWarnings("unchecked") // the image's last class
    private int start(ByteBuffer image) throws IOException {
        byte[] gate = ImageParts.readBytes(image);
        byte[] gateClosed = ImageParts.readBytes(image);
        byte[][] classFiles = new byte[image.getInt()][];
        for (int i = 0; i < classFiles.length; i++) {
            ImageParts.readName(image);
            classFiles[i] = ImageParts.readBytes(image);
        }
        readHooked(image);
        try {
            Object last = Gate.define(instrumentation, gate, classFiles);
            BiFunction<Object, Object[], @Nullable Object> run = (BiFunction<Object, Object[], @Nullable Object>) last;
            Set<String> needed = new HashSet<>();
            Object plan = run.apply(options.requiredPath("plan"), new Object[] {needed});
            if (plan == null || lacksAny(image, needed)) {
                instrumentation.redefineClasses(Gate.closed(gateClosed));
                return LONG_WAY_FROM_DEFINED;
            }
            hook(needed, gateClosed);
            LateStart later = new LateStart(instrumentation, imageFile, options.marks());
            if (run.apply(plan, new Object[] {later, options.isSet("quiet") ? null : later}) == null) {
                throw new IllegalStateException("no thread could be started for it");
            }
        } catch (Throwable failure) {
            // Without an allocator behind them hooks that are in do what the JDK does.
            close(gateClosed, failure);
            MetallocAgent.sayUntouched(failure);
            return STARTED;
        }
        return STARTED;
    }

    /** Left open it would let any class define others in java.base. */
    private void close(byte[] gateClosed, Throwable failure) {
        try {
            instrumentation.redefineClasses(Gate.closed(gateClosed));
        } catch (Throwable again) {
            failure.addSuppressed(again);
        }
    }

    private void readHooked(ByteBuffer image) throws IOException {
        for (int left = image.getInt(); left > 0; left--) {
            groups.add(ImageParts.readName(image));
            names.add(ImageParts.readName(image));
            image.getInt();
            hooked.add(ImageParts.readBytes(image));
        }
    }

    /** Whether this JDK has no place for a group of hooks. */
    private static boolean lacksAny(ByteBuffer image, Set<String> needed) throws IOException {
        for (int left = image.getInt(); left > 0; left--) {
            if (needed.contains(ImageParts.readName(image))) {
                return true;
            }
        }
        return false;
    }

    /** All at once: some of a group's hooks without the others would lose blocks. */
    private void hook(Set<String> needed, byte[] gateClosed) throws Exception {
        List<ClassDefinition> definitions = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            if (needed.contains(groups.get(i))) {
                Class<?> type = Class.forName(names.get(i).replace('/', '.'), false, null);
                definitions.add(new ClassDefinition(type, hooked.get(i)));
            }
        }
        definitions.add(Gate.closed(gateClosed));
        instrumentation.redefineClasses(definitions.toArray(new ClassDefinition[0]));
    }
}
