
º
ˆ

	host.arch
amd64

os.type
linux


os.version
6.18.44-fc-v595

service.name
claude-code

service.version	
2.1.329-
+
 com.anthropic.claude_code.events2.1.329