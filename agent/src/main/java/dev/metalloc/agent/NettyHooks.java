// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import dev.metalloc.agent.runtime.NettyDefault;
import dev.metalloc.agent.train.NettyWeaver;
import java.io.IOException;
import java.io.InputStream;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.security.ProtectionDomain;
import org.jspecify.annotations.Nullable;

/** Makes a plan's allocator Netty's default one, as Netty is loaded; there is no such transformer without a rule for it. */
final class NettyHooks implements ClassFileTransformer {

    private static final String[] CLASSES = {"MetallocBlock", "MetallocByteBuf", "MetallocByteBufAllocator"};

    private NettyHooks() {}

    /** @param attached whether the application runs already, and Netty may have chosen before; that is said */
    static void install(Instrumentation instrumentation, boolean attached) throws IOException {
        if (attached && isLoaded(instrumentation)) {
            MetallocAgent.say(
                    "Netty has chosen its default allocator already: its buffers stay with it until the next start");
            return;
        }
        byte[][] files = new byte[CLASSES.length][];
        for (int i = 0; i < files.length; i++) {
            files[i] = classFile(CLASSES[i]);
        }
        NettyDefault.offer(files);
        instrumentation.addTransformer(new NettyHooks(), false);
    }

    private static boolean isLoaded(Instrumentation instrumentation) {
        String name = NettyWeaver.CLASS.replace('/', '.');
        for (Class<?> loaded : instrumentation.getAllLoadedClasses()) {
            if (loaded.getName().equals(name)) {
                return true;
            }
        }
        return false;
    }

    private static byte[] classFile(String name) throws IOException {
        try (InputStream in = NettyHooks.class.getResourceAsStream("/io/netty/buffer/" + name + ".class")) {
            if (in == null) {
                throw new IOException("the agent's jar lacks " + name + " (build it again)");
            }
            return in.readAllBytes();
        }
    }

    @Override
    public byte @Nullable [] transform(
            @Nullable ClassLoader loader,
            @Nullable String className,
            @Nullable Class<?> redefined,
            @Nullable ProtectionDomain domain,
            byte[] classFile) {
        if (redefined != null || !NettyWeaver.CLASS.equals(className)) {
            return null;
        }
        try {
            return NettyWeaver.weave(classFile);
        } catch (RuntimeException unreadable) {
            return null; // of a newer version than the reader knows: Netty's buffers stay with Netty
        }
    }
}
