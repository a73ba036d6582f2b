
¹
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
2.1.329,
*
!com.anthropic.claude_code.tracing1.0.0