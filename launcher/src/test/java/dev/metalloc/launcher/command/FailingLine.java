// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.command;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** Stands before a server and passes so many bytes of its answers on; then it is silent, and the line stays open. */
final class FailingLine implements Closeable {

    private final ServerSocket entrance = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final AtomicLong passed = new AtomicLong();
    private final int serverPort;
    private final long mostBytes;

    FailingLine(int serverPort, long mostBytes) throws IOException {
        this.serverPort = serverPort;
        this.mostBytes = mostBytes;
        start(this::accept);
    }

    int port() {
        return entrance.getLocalPort();
    }

    /** How many bytes of answers went through. */
    long passed() {
        return passed.get();
    }

    private void accept() throws IOException {
        while (!entrance.isClosed()) {
            Socket client = entrance.accept();
            Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
            sockets.addAll(List.of(client, server));
            start(() -> client.getInputStream().transferTo(server.getOutputStream()));
            start(() -> answer(server.getInputStream(), client.getOutputStream()));
        }
    }

    private void answer(InputStream from, OutputStream to) throws IOException {
        byte[] buffer = new byte[8192];
        for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
            int allowed = (int) Math.min(count, mostBytes - passed.get());
            if (allowed > 0) {
                to.write(buffer, 0, allowed);
                passed.addAndGet(allowed);
            }
        }
    }

    private static void start(Part part) {
        Thread.ofPlatform().daemon().start(() -> {
            try {
                part.run();
            } catch (IOException e) {
                return; // one of the ends was closed
            }
        });
    }

    @FunctionalInterface
    private interface Part {
        void run() throws IOException;
    }

    @Override
    public void close() throws IOException {
        entrance.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
