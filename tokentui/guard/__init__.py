"""The brake: asked by agents before a prompt or a tool, it says whether to go on."""
